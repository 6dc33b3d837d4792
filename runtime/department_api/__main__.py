"""Renews docs/department-api."""

from runtime.department_api.files import FOLDER, generated

if __name__ == "__main__":
    files = generated()
    for name in ("schemas", "examples"):
        for left in (FOLDER / name).glob("*.json"):
            if f"{name}/{left.name}" not in files:
                left.unlink()
    for name, content in files.items():
        file = FOLDER / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
