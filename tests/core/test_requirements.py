"""What is imported is declared: a package that another one brings along may go with it."""

import ast
import re
import sys
from importlib.metadata import packages_distributions

from tests.portal import REPOSITORY

NOT_IN_THE_IMAGE = {"tests", "bench", "var", ".venv"}


def imported_modules() -> dict[str, str]:
    """Return the packages that the portal imports when it runs, each with a file that does."""
    found: dict[str, str] = {}
    for path in sorted(REPOSITORY.rglob("*.py")):
        name = path.relative_to(REPOSITORY)
        if name.parts[0] in NOT_IN_THE_IMAGE:
            continue
        tree = ast.parse(path.read_text())
        for_types = {
            id(line)
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
            for part in node.body
            for line in ast.walk(part)
        }
        for node in ast.walk(tree):
            if id(node) in for_types:
                continue
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            else:
                modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found |= {module.partition(".")[0]: str(name) for module in modules}
    return found


def test_every_imported_package_is_a_direct_requirement() -> None:
    lines = (REPOSITORY / "requirements.txt").read_text().splitlines()
    declared = {re.split(r"[\[=]", line)[0].lower() for line in lines if "==" in line}
    ours = {path.name for path in REPOSITORY.iterdir() if path.is_dir()}
    imported, distributions = imported_modules(), packages_distributions()
    undeclared = {
        module: name
        for module, name in imported.items()
        if module not in sys.stdlib_module_names | ours
        and not declared & {name.lower() for name in distributions.get(module, [])}
        and module.replace("_", "-") not in declared
    }
    assert undeclared == {}
    assert {"django", "openpyxl", "PIL"} <= imported.keys()
