"""What the tests of the simulator say of themselves."""

import pytest


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Say which seed found a fault, where tests are told one by one."""
    found = dict(report.user_properties).get("found")
    if found and report.when == "call" and report.passed:
        return "passed", ".", f"PASSED {found}"
    return None
