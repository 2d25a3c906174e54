"""Tables in LaTeX: their numbers, and pdflatex where there is one."""

import re
import shutil
import subprocess

from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import LatexEnvironmentNode, LatexWalker

DOCUMENT = """\\documentclass{article}
\\usepackage{booktabs}
\\begin{document}
\\input{%s}
\\end{document}
"""


def environments(nodes, name):
    for node in nodes or []:
        if isinstance(node, LatexEnvironmentNode):
            if node.environmentname == name:
                yield node
            yield from environments(node.nodelist, name)


def rows(table):
    text = table.latex_verbatim()
    body = text[text.index("\\midrule") + len("\\midrule") : text.index("\\bottomrule")]
    for line in body.strip().splitlines():
        yield [cell.strip() for cell in re.split(r"(?<!\\)&", line.strip().removesuffix("\\\\"))]


def check(out, expected, _program):
    source = out.read_text()
    nodes, _, _ = LatexWalker(source, tolerant_parsing=False).get_latex_nodes()
    tables = list(environments(nodes, "tabular"))
    figures = list(dict.fromkeys(row["figure"] for row in expected.results))
    assert len(tables) == len(figures) == 3
    cells = 0
    for table, figure in zip(tables, figures):
        wanted = [row for row in expected.results if row["figure"] == figure]
        found = list(rows(table))
        assert len(found) == len(wanted), (figure, found)
        for row, want in zip(found, wanted):
            mean, low, high = (want[f"alive_test_{name}"] for name in ["accuracy", "low", "high"])
            [accuracy] = [cell for cell in row if cell.startswith("$") or "textendash" in cell]
            if low:
                half = (float(high) - float(low)) / 2
                assert accuracy == f"${float(mean):.4f} \\pm {half:.4f}$", (row, want)
            else:
                assert accuracy == f"${float(mean):.4f}$", (row, want)
            seeds = row[row.index(accuracy) + 1]
            partial = want["seeds"] != want["planned"]
            assert seeds.startswith(f"{want['seeds']} of {want['planned']}" if partial else want["seeds"]), row
            assert (int(want["died"]) > 0) == ("died" in seeds), row
            cells += 1
    text = LatexNodes2Text().nodelist_to_text(nodes)
    for said in [expected.study["title"], "Seeds: 1, 2.", "A Processor (", "Filters × batches"]:
        assert said in text, (said, text)
    checked = {"tables": len(tables), "cells": cells}
    if not shutil.which("pdflatex"):
        return checked | {"lacking": ["needs pdflatex with booktabs (texlive-latex-recommended)"]}
    document = out.parent / "document.tex"
    document.write_text(DOCUMENT % out.name)
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", document.name],
        cwd=out.parent,
        capture_output=True,
        text=True,
        errors="replace",
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Missing character" not in (out.parent / "document.log").read_text(errors="replace")
    return checked | {"PDF": 1}
