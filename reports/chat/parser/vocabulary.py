"""The words of such messages whose meaning is known; what is not here is asked about.

A line is understood only if every word of it is accounted for, so these lists decide what
is read without a question. Only words that change no number belong here, and none of a single
campaign: those are handed in (``Lexicon.own_words``), as indicators and their measures are, and
what a campaign calls an indicator goes before what is known here.
"""

# Words that say nothing about a number beside them.
_FILLERS = """
ạ a à á dạ vâng nhé nha nhá ơi rồi xin em e mình tôi bọn chúng cháu anh chị ac bác cô chú thầy
các đồng chí đc lãnh đạo ban thường vụ bch bcn btv bí thư phó kính gửi thưa chào cả mọi sếp
báo cáo bc bcáo bcao kết quả kq kqua số liệu sl thống kê tình hình nhanh
của tại ở về địa bàn đã được là cho với cùng có gồm và thì hiện
số lượng mới đạt thực hiện làm triển khai ngày trong nay hôm đó
ứng dụng app phần mềm điện tử danh công dân người bà nhân cá khoản tk máy thoại đt
smartphone ng hợp th ca khách phục vụ giúp đỡ bạn
chiến dịch tình nguyện tác lúc hồi hoạt động việc đề án cảm ơn trân trọng hết ok oke
đoàn thanh niên đtn tncs hcm tham gia lh liên hệ sđt hotline xong
muộn trễ chậm nộp ad admin bot
"""
FILLERS = frozenset(_FILLERS.split())
# “CA” is the police, “ca” a case.
NEVER_FILLERS = frozenset(("CA",))

# What stands after a number and says what was counted.
MEASURES = frozenset(["người", "ng", "máy", "tk", "dân", "ca", "lượt"])

CUMULATIVE = (
    "lũy kế", "luỹ kế", "lk", "cộng dồn", "tổng", "tổng cộng", "tổng số", "đến nay",
    "tới nay", "từ đầu", "tính đến", "tính tới", "đến ngày", "đến hết", "từ trước",
    "đến thời điểm", "cả đợt", "toàn đợt", "cả tuần", "trong tuần", "tuần", "cả tháng",
    "trong tháng", "tháng này", "tích lũy", "tất cả",
)  # fmt: skip
ABOUT = (
    "khoảng", "hơn", "gần", "tầm", "chừng", "độ", "trên", "dưới", "xấp xỉ", "ước", "ước tính",
    "ít nhất", "tối thiểu", "trên dưới", "cỡ", "là cùng", "vài", "mấy", "nhiều", "một số", "số ít",
)  # fmt: skip
NUMBER_WORDS = (
    "một", "hai", "ba", "bốn", "tư", "năm", "lăm", "sáu", "bảy", "bẩy", "tám", "chín", "mười",
    "mươi", "chục", "tá", "trăm", "nghìn", "ngàn", "vạn", "triệu", "rưỡi", "nửa", "đôi",
)  # fmt: skip
NEGATIONS = (
    "không", "ko", "k", "kg", "hok", "khong", "chưa", "chẳng", "chả", "đừng", "bỏ", "hủy", "huỷ",
    "trừ", "ngoài", "trừ đi",
)  # fmt: skip
PLANS = (
    "chỉ tiêu", "kế hoạch", "dự kiến", "phấn đấu", "mục tiêu", "giao", "đăng ký", "cần", "phải",
    "sẽ", "mai", "ngày mai", "còn", "còn lại", "thiếu", "tạm", "tạm tính", "chưa chốt",
)  # fmt: skip
CORRECTIONS = (
    "sửa lại", "sửa", "đính chính", "cập nhật lại", "cập nhật", "báo cáo lại", "bc lại",
    "báo lại", "gửi lại", "điều chỉnh", "chỉnh lại", "chỉnh", "xin lại",
)  # fmt: skip
ADDITIONS = ("bổ sung", "thêm", "cộng thêm", "nữa", "thêm nữa", "vừa thêm", "tiếp")
DOUBTS = (
    "nhầm", "sai", "lộn", "thu hồi", "thay", "đúng là", "mới đúng", "gộp", "chung", "ngược",
    "ngược lại", "đảo", "đảo lại", "so với",
)  # fmt: skip
PARTS_OF_DAY = (
    "sáng nay", "chiều nay", "tối nay", "trưa nay", "buổi sáng", "buổi chiều", "buổi tối",
    "sáng", "chiều", "tối", "trưa", "đêm", "đêm qua", "tối qua", "chiều qua", "sáng qua",
    "sáng mai",
)  # fmt: skip
OTHERS = (
    "công an", "ca xã", "phụ nữ", "lhpn", "ubnd", "mặt trận", "cựu chiến binh", "ccb", "nông dân",
    "thcs", "tiểu học", "mầm non", "chi đoàn", "xóm", "thôn", "tổ", "tdp", "khu", "đội", "cụm",
    "toàn huyện", "cả huyện", "toàn tỉnh", "các xã", "mỗi xã", "liên quân",
)  # fmt: skip
# “Không” as it is typed in haste.
NOT = ("không", "ko", "k", "kg", "hok", "hk", "kô")
NOTHING = tuple(
    f"{word} {rest}"
    for word in (*NOT, "chưa")
    for rest in (
        "phát sinh", "có phát sinh", "phát sinh gì", "có phát sinh gì", "phát sinh số liệu",
        "có số liệu phát sinh", "có số phát sinh", "phát sinh hoạt động", "ps", "có ps",
    )
) + tuple(
    f"{word} {rest}"
    for word in NOT
    for rest in (
        "có", "có gì", "có j", "có gì hết", "có gì cả", "có hoạt động", "có hoạt động gì",
        "hoạt động", "tổ chức", "có kết quả",
    )
)  # fmt: skip
# A day off, or no number yet: with a place somebody has to say which.
UNSURE = (
    "nghỉ", "nghỉ lễ", "chưa có số", "chưa có số liệu", "chưa triển khai", "chưa làm",
)  # fmt: skip
PLEASANT = ("ạ", "nhé", "nha", "nhá", "a", "rồi", "em", "e", "xin", "các", "cả")
# To whom it is written; what they report is none of this.
ADDRESSED = tuple(
    f"{greeting} {office}{above} đoàn"
    for greeting in ("gửi", "thưa")
    for office in ("", "ban thường vụ ", "btv ", "ban chấp hành ", "bch ", "thường trực ")
    for above in ("huyện", "thành", "tỉnh")
)
WHOLE_PHRASES = (
    "hồ chí minh", "tổ công nghệ số cộng đồng", "tổ cnscđ", "ban chấp hành", "xin lỗi", "thứ lỗi",
    "trong đó", "trong ngày",
    "cộng hòa xã hội chủ nghĩa việt nam", *ADDRESSED,
    "định danh", "định danh điện tử", "trên địa bàn", "đợt cao điểm", "đội hình", "ngày ra quân",
    "cả nhà", "giúp đỡ", "huy động", "thiết bị", "như sau", "cụ thể", "cụ thể như sau", "chi tiết",
)  # fmt: skip
# The same, after names of places have been found: “Minh Tân” is not “xã mình”.
LATER_PHRASES = (
    "xã nhà", "xã em", "xã e", "xã mình", "xã tôi", "đơn vị em", "đơn vị mình", "bên em", "bên e",
    "nhà em",
    "trường hợp", "tài khoản", "sđt zalo", "số zalo", "liên hệ zalo", "lh zalo", "qua zalo",
    "nhóm zalo", "gia đình", "tiến hành", "thành công", "hoàn thành", "ra quân",
)  # fmt: skip
# Whoever speaks for a branch, in front of its name.
OFFICES = frozenset(("bí", "thư", "phó", "bt", "pbt", "bch", "btv", "ban", "chấp", "hành"))
REPORT_WORDS = frozenset(("báo", "cáo", "bc", "bcao", "kết", "kq", "liệu", "sl", "thống"))
# Names of units, in any province, that are also words of every day: only where nothing but a count
# follows. With what a count before a name looks like: “hai anh” is Hải Anh, or two of them.
EVERYDAY = frozenset(
    ("thống nhất", "đại thắng", "cộng hòa", "trung thành", "bình minh", "yên bình", "tân thành",
     "hải anh", "hai anh", "liên minh", "hai nam", "tam thanh", "thành lợi", "minh tân",
     "hòa bình", "đoàn kết", "độc lập", "hạnh phúc", "quyết thắng", "bình an", "an toàn",
     "tân tiến", "thắng lợi", "đồng tâm", "tiên tiến", "dân chủ", "đồng tiến", "bình yên",
     "toàn thắng", "liên hiệp", "hòa thuận", "tân lập", "đồng thuận", "thuận lợi", "anh dũng",
     "công chính", "hưng thịnh", "chiến thắng", "thành công", "tam hợp")
)  # fmt: skip
# What people do to get there, where another indicator says what.
VERBS = frozenset(("hỗ trợ", "ht", "hướng dẫn", "hd", "tư vấn"))
STICKER = (
    "hình ảnh", "ảnh", "photo", "sticker", "nhãn dán", "video", "file", "tệp", "tập tin", "gif",
    "voice", "tin nhắn thoại", "vị trí", "danh thiếp", "bình chọn", "link", "album", "biểu cảm",
)  # fmt: skip
