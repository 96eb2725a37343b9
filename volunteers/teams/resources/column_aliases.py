"""What people call the columns of a file of members."""

# Beside the titles of ``MembershipResource``. All are read in any case, with or without marks
# and punctuation, so that one of such spellings is enough.
ALIASES = {
    "team": (
        "Tổ | Tên đội | Đội | Tên nhóm | Tổ công nghệ số cộng đồng | Tổ CNSCĐ | "
        "Tên tổ CNSCĐ | Tổ công nghệ số | Tên tổ công nghệ số | "
        "Tên tổ công nghệ số cộng đồng | Team name"
    ),
    "kind": "Loại | Loại hình | Loại đội | Loại nhóm",
    "unit": "Mã đơn vị | Mã xã | Mã xã phường | Mã ĐVHC | Unit code | Commune code",
    "unit_name": (
        "Tên đơn vị | Tên xã | Xã | Phường | Thị trấn | Xã phường | Xã, phường, thị trấn | "
        "Xã thị trấn | Thị trấn/xã | Đơn vị | Địa bàn | Đơn vị hành chính | Commune"
    ),
    "branch": (
        "Cơ sở Đoàn | Cơ sở Đoàn quản lý | Mã tổ chức | Tổ chức | Đơn vị quản lý | "
        "Tổ chức quản lý | Đoàn cơ sở | Đơn vị chủ quản | Branch code"
    ),
    "founded_on": "Thành lập | Thành lập ngày | Thành lập từ",
    "dissolved_on": "Ngày giải thể | Giải thể",
    "full_name": (
        "Họ tên | Tên thành viên | Họ và tên thành viên | Họ tên thành viên | Thành viên | "
        "Tình nguyện viên | Name | Member | Member name"
    ),
    "phone": (
        "SĐT | Điện thoại | Số ĐT | ĐT | Di động | Số di động | Điện thoại liên hệ | "
        "Số điện thoại liên hệ | Số Zalo | Zalo | Phone number | Mobile"
    ),
    "role": "Chức vụ | Chức danh | Vai trò trong tổ | Nhiệm vụ | Vị trí | Position",
    "affiliation": (
        "Thuộc tổ chức | Thuộc | Đối tượng | Tổ chức đoàn thể | Đoàn thể | Thành phần | "
        "Thuộc tổ chức đoàn thể | Organisation"
    ),
    "birth_year": "Sinh năm | Ngày sinh | Ngày tháng năm sinh",
    "joined_on": "Ngày tham gia | Vào tổ từ | Tham gia | Ngày vào tổ",
    "left_on": "Ngày thôi | Nghỉ từ | Thôi tham gia từ | Ngày nghỉ | Ra khỏi tổ từ",
}
