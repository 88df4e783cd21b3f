#!/usr/bin/env python3
"""Looks through an executed notebook: prints the cells that failed, and copies it without what differs from run to run.

notebook-outputs.py EXECUTED [TARGET]

Left out are times, ids, the list of installed packages, the script with which a page would reach the kernel, and warnings
that an assembly was built with an older one. The exit code is 1 when a cell
failed; then nothing is copied.
"""
import json
import sys

PASSING = ("Installed Packages", "dotnet-interactive-this-cell", "Loading extension", "warning CS1701: Assuming assembly reference")


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def print_failures(cells):
    failed = [cell for cell in cells if any(output["output_type"] == "error" for output in cell.get("outputs", []))]
    for cell in failed[:1]:     # the others mostly miss what it defines
        print("".join(cell["source"]), "-" * 80, sep="\n")
        for output in cell["outputs"]:
            print("".join(output.get("traceback", [])) or "".join(output.get("text", [])) or "".join(output.get("data", {}).get("text/plain", [])))
    return bool(failed)


def clean(notebook):
    for number, cell in enumerate(notebook["cells"], start=1):
        cell["id"] = f"cell-{number}"
        cell["metadata"].pop("execution", None)
        if "outputs" in cell:
            cell["outputs"] = [output for output in cell["outputs"] if not any(text in json.dumps(output) for text in PASSING)]
    notebook["metadata"] = {
        "kernelspec": {"display_name": ".NET (C#)", "language": "C#", "name": ".net-csharp"},
        "language_info": {"file_extension": ".cs", "mimetype": "text/x-csharp", "name": "C#"},
    }
    return notebook


def main(executed, target=None):
    notebook = read(executed)
    if print_failures(notebook["cells"]):
        return 1
    if target:
        with open(target, "w", encoding="utf-8", newline="\n") as file:
            json.dump(clean(notebook), file, indent=1, ensure_ascii=False, sort_keys=True)
            file.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
