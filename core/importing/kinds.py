"""What a file is, whatever its name says, and why one is not taken."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.templatetags.formatting import count

# What other kinds of file are called. What they begin with is in ``kind_by_content``, what a
# package holds in ``workbook``.
OTHER_KINDS = {
    "png": gettext_lazy("ảnh PNG"),
    "jpeg": gettext_lazy("ảnh JPEG"),
    "gif": gettext_lazy("ảnh GIF"),
    "pdf": gettext_lazy("tệp PDF"),
    "rtf": gettext_lazy("tệp văn bản RTF"),
    "packed": gettext_lazy("tệp nén"),
    "zip": gettext_lazy("tệp nén .zip"),
    "xls": gettext_lazy("tệp Excel đời cũ (.xls)"),
    "doc": gettext_lazy("tệp Word đời cũ (.doc)"),
    "ole": gettext_lazy("tệp Excel hoặc Word đời cũ (.xls, .doc)"),
    "html": gettext_lazy("trang web (HTML), dù tên tệp có thể là .xls"),
    "xml": gettext_lazy("tệp XML, không phải .xlsx"),
    "xlsb": gettext_lazy("tệp Excel nhị phân (.xlsb)"),
    "ods": gettext_lazy("tệp OpenDocument (.ods)"),
    "numbers": gettext_lazy("tệp Numbers của máy Apple"),
    "word": gettext_lazy("tệp Word (.docx)"),
    "slides": gettext_lazy("tệp PowerPoint (.pptx)"),
}
SPREADSHEETS = {"xls", "ole", "html", "xml", "xlsb", "ods", "numbers"}
MAGIC = (
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"%PDF", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\x1f\x8b", "packed"),
    (b"Rar!", "packed"),
    (b"7z\xbc\xaf", "packed"),
)
REFUSALS = {
    "password": gettext_lazy(
        "Tệp có mật khẩu nên không đọc được. Trong Excel: Tệp, Thông tin, Bảo vệ sổ làm việc, "
        "xóa mật khẩu; lưu rồi gửi lại."
    ),
    "large": gettext_lazy("Tệp lớn quá. Chia thành nhiều tệp nhỏ."),
    "styles": gettext_lazy(
        "Tệp Excel có quá nhiều kiểu định dạng ô. Sao chép riêng phần bảng sang tệp mới "
        "(dán giá trị) rồi gửi."
    ),
    "wide": gettext_lazy("Tệp có quá nhiều cột. Xóa các cột thừa."),
    "long": gettext_lazy("Tệp có hơn %(most)s dòng. Chia thành nhiều tệp nhỏ rồi nhập lần lượt."),
    "broken": gettext_lazy(
        "Không đọc được tệp Excel này. Mở lại bằng Excel, lưu dạng .xlsx rồi gửi lại."
    ),
}


def refusal(kind: str, most_rows: int = 0) -> str:
    """Return why a file is not taken, and what to do; ``most_rows`` for one that is too long."""
    if kind not in OTHER_KINDS:
        return str(REFUSALS.get(kind, REFUSALS["broken"])) % {"most": count(most_rows)}
    text = (
        _("Đây là %(what)s. Mở bằng Excel, lưu dạng .xlsx rồi gửi lại.")
        if kind in SPREADSHEETS
        else _("Đây là %(what)s, không phải bảng. Chọn tệp Excel (.xlsx) hoặc CSV UTF-8.")
    )
    return text % {"what": OTHER_KINDS[kind]}


def kind_by_content(data: bytes) -> str:
    """Return what a file is if it is neither a package nor text."""
    for magic, kind in MAGIC:
        if data.startswith(magic):
            return kind
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        # The names of the streams of such a file stand in it in UTF-16.
        for name, kind in (
            ("EncryptedPackage", "password"),
            ("Workbook", "xls"),
            ("Book", "xls"),
            ("WordDocument", "doc"),
        ):
            if name.encode("utf-16-le") in data:
                return kind
        return "ole"
    head = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<style")):
        return "html"
    if head.startswith(b"<?xml"):
        return "html" if b"<html" in head else "xml"
    return ""
