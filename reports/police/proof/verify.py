"""Kiểm chứng tệp của cổng: không cần mạng, không cần tài khoản. Xem DOC-TRUOC.txt.

python3 verify.py GÓI.zip               gói còn nguyên, và có trong sổ đã ký
python3 verify.py GÓI.zip TỆP.csv       tệp đang cầm có đúng là tệp trong gói
python3 verify.py GÓI.zip CŨ.zip …      sổ có nối tiếp các đầu sổ đã giữ (gói cũ, hay tệp chữ)
python3 verify.py GÓI.zip khoa.txt      chữ ký là của khóa đã giữ từ trước
"""

import csv
import json
import re
import sys
import zipfile
from base64 import b64decode
from hashlib import sha256, sha512
from pathlib import Path

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
BASE = (4 * pow(5, -1, P) % P).to_bytes(32, "little")
HEAD = re.compile(r"\b(\d+)\s+([A-Za-z0-9+/]{43}=)")
KEY = re.compile(r"[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}\s*")
PROOF = re.compile(r"^old (\d+)\n((?:[A-Za-z0-9+/]{43}=\n)*)", re.MULTILINE)


def must(holds: object, words: str) -> None:
    if not holds:
        raise ValueError(words)


def point(data: bytes) -> tuple[int, int]:
    sign, y = data[31] >> 7, int.from_bytes(data, "little") & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    must(y < P and x * x % P == square and (x or not sign), "khóa hoặc chữ ký không hợp lệ")
    return (x if x & 1 == sign else P - x), y


def add(one: tuple[int, int], two: tuple[int, int]) -> tuple[int, int]:
    (a, b), (c, d) = one, two
    e = D * a * b * c * d
    return (a * d + b * c) * pow(1 + e, -1, P) % P, (b * d + a * c) * pow(1 - e, -1, P) % P


def times(n: int, of: tuple[int, int]) -> tuple[int, int]:
    found = (0, 1)
    while n:
        found, of, n = (add(found, of) if n & 1 else found), add(of, of), n >> 1
    return found


def signed_head(note: str, verifier: str) -> tuple[int, bytes]:
    name, _id, key = verifier.strip().split("+", 2)
    text, _blank, line = note.partition("\n\n")
    signed = b64decode(line.strip().split(" ")[-1])
    own, r, s = b64decode(key), signed[4:36], int.from_bytes(signed[36:], "little")
    ours = sha256(f"{name}\n".encode() + own).digest()[:4] == signed[:4]
    must(ours and text.startswith(f"{name}\n"), f"đầu sổ không do khóa của {name} ký")
    k = int.from_bytes(sha512(r + own[1:] + f"{text}\n".encode()).digest(), "little") % ORDER
    holds = s < ORDER and times(s, point(BASE)) == add(point(r), times(k, point(own[1:])))
    must(holds, "chữ ký của đầu sổ sai: đầu sổ đã bị sửa")
    return int(text.splitlines()[1]), b64decode(text.splitlines()[2])


def climbed(n: int, last: int, path: list[bytes], was: bytes, now: bytes) -> tuple[bytes, bytes]:
    """Return the roots to which a path leads: of the leaves up to ``n``, and of all."""
    for other in path:
        must(last, "chứng minh thừa")
        if n & 1 or n == last:
            was, now = (sha256(b"\1" + other + one).digest() for one in (was, now))
            while n and not n & 1:
                n, last = n >> 1, last >> 1
        else:
            now = sha256(b"\1" + now + other).digest()
        n, last = n >> 1, last >> 1
    must(not last, "chứng minh thiếu")
    return was, now


def is_continued(old: int, was: bytes, path: list[bytes], size: int, root: bytes) -> bool:
    n, last = old - 1, size - 1
    while n & 1:
        n, last = n >> 1, last >> 1
    first, *others = path if old & (old - 1) else [was, *path]
    return climbed(n, last, others, first, first) == (was, root)


def differences(ours: bytes, theirs: bytes) -> list[str]:
    """Name the rows of ``theirs`` that are not as they were, by day and commune."""
    head, *was = csv.reader(ours.decode("utf-8-sig").splitlines())
    rows = list(csv.reader(theirs.decode("utf-8-sig", "replace").splitlines()))
    bears = [head.index(name) for name in ("date", "commune_code")]
    then, now = ({" ".join(r[n] for n in bears if n < len(r)): r for r in of} for of in (was, rows))
    now.pop(" ".join(head[n] for n in bears), None)
    lines = [f"thiếu dòng {key}" for key in then if key not in now]
    lines += [f"thừa dòng {key}" for key in now if key not in then]
    for key, row in then.items():
        pairs = zip(head, row, now.get(key, row), strict=False)
        lines += [f"dòng {key}, cột {name}: {a} → {b}" for name, a, b in pairs if a != b]
    is_moved = [key for key in then if key in now] != [key for key in now if key in then]
    lines += ["các dòng đã bị đổi chỗ"] if is_moved else []
    return lines or ["khác ở cách ghi hoặc dòng lặp lại, không khác ở số"]


def read(path: str) -> bytes:
    of = zipfile.ZipFile(path) if zipfile.is_zipfile(path) else None
    return Path(path).read_bytes() if of is None else of.read("head.txt")


def main(package: str, *others: str) -> None:
    of = {one: zipfile.ZipFile(package).read(one) for one in zipfile.ZipFile(package).namelist()}
    texts = [read(path).decode("utf-8-sig") for path in others if not path.endswith(".csv")]
    are = all(HEAD.search(text) or KEY.fullmatch(text) for text in texts)
    must(are, "có tệp không phải khóa hay đầu sổ")
    key = next((text for text in texts if KEY.fullmatch(text)), of["key.txt"].decode())
    name = next((one for one in of if one.endswith(".csv")), "head.txt")
    proof, _blank, note = of.get("proof.txt", b"\n\n" + of["head.txt"]).decode().partition("\n\n")
    size, root = signed_head(note, key)
    if proof:
        _format, extra, index, *path = proof.split("\n")
        leaf = json.loads(b64decode(extra[6:]))
        text = "\n".join(leaf[one] for one in ("subject", "key", "content")).encode()
        entry = sha256(b"\0" + sha256(bytes.fromhex(leaf["salt"]) + text).digest()).digest()
        found = climbed(int(index[6:]), size - 1, list(map(b64decode, path)), entry, entry)[1]
        must(found == root, "tệp không có trong sổ đã ký: chứng minh đã bị sửa, hoặc sổ làm lại")
        row = json.loads(leaf["content"])
        must(row["sha256"] == sha256(of[name]).hexdigest(), f"{name} trong gói đã bị sửa")
    what = f"{name}: {row['rows']} dòng, có trong sổ" if proof else "đầu sổ"
    print(f"ĐÚNG  {what} đã ký ({size} dòng)")
    for given in (path for path in others if path.endswith(".csv") and read(path) != of[name]):
        must(False, "\n      ".join([f"{given} bị sửa:", *differences(of[name], read(given))]))
    known = dict(PROOF.findall(of["older.txt"].decode()))
    for old, was in (pair for text in texts for pair in HEAD.findall(text)):
        must(int(old) == size or old in known, f"không chứng minh được sổ nối tiếp đầu sổ {old}")
        between = [b64decode(one) for one in known.get(old, "").split()]
        heads = (int(old), b64decode(was), between, size, root)
        holds = b64decode(was) == root if int(old) == size else is_continued(*heads)
        must(holds, f"đầu sổ {old} đã giữ là khác: có dòng bị sửa, bỏ, đổi chỗ, hoặc sổ làm lại")
        print(f"ĐÚNG  sổ nối tiếp đầu sổ {old} dòng")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # Windows has another
    try:
        main(*sys.argv[1:])
    except (TypeError, KeyError, OSError, ValueError, zipfile.BadZipFile) as problem:
        sys.exit(f"SAI   {problem}" if sys.argv[1:] else __doc__)
