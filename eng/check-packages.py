#!/usr/bin/env python3
"""Looks into packages as a feed would show them: check-packages.py FOLDER [REPOSITORY_URL]

Each has a license, an icon, release notes and a README whose links lead somewhere: with a repository's URL into the repository, else nowhere. Libraries
have their documentation and a package of symbols. Prints what is wrong, and then exits with 1.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as xml
import zipfile


def problems(package, url):
    with zipfile.ZipFile(package) as archive:
        names = set(archive.namelist())
        metadata = xml.fromstring(archive.read(next(name for name in names if name.endswith(".nuspec"))))[0]
        values = {element.tag.split("}")[1]: (element.text or "").strip() for element in metadata}
        for name in ("title", "license", "icon", "readme", "description", "releaseNotes", "copyright", "tags"):
            if not values.get(name):
                yield f"has no {name}"
        for name in (values.get("icon"), values.get("readme")):
            if name not in names:
                yield f"names {name} and does not hold it"
        if (values.get("projectUrl") or "") != url:
            yield f"has the project URL '{values.get('projectUrl') or ''}'"
        for link in re.findall(r"\]\(([^)]+)\)", archive.read("README.md").decode()):
            if not link.startswith(("http", "#")):
                yield f"links to '{link}' in its README"
            elif url and "/blob/" in link and not link.startswith(url):
                yield f"links to another repository, '{link}'"
        libraries = [name for name in names if re.fullmatch(r"lib/.*\.dll", name)]
        for library in libraries:
            if library[:-3] + "xml" not in names and "Kernels" not in library:
                yield f"holds {library} without its documentation"
        if libraries and not package.with_suffix(".snupkg").exists():
            yield "has no package of symbols"


def main(folder, url=""):
    packages = sorted(pathlib.Path(folder).glob("*.nupkg"))
    found = [f"{package.name} {problem}" for package in packages for problem in problems(package, url)]
    print("\n".join(found) or f"{len(packages)} packages are complete.")
    return 1 if found or not packages else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
