# SPDX-License-Identifier: MIT
"""The one style sheet; colours are variables, so that light, dark and print share every rule."""

STYLE = """
:root { --paper:#f6f7f9; --card:#fff; --ink:#1d2733; --quiet:#66727f; --line:#dde2e8; --actual:#9aa7b4; --predicted:#0b6b80;
  --residual:#7048b5; --warn:#c2410c; --warn-paper:#fff4ec; color-scheme: light dark }
@media (prefers-color-scheme: dark) { :root { --paper:#12171d; --card:#1a2129; --ink:#e5eaf0; --quiet:#94a1ae; --line:#2e3843;
  --actual:#75838f; --predicted:#45c8dd; --residual:#b197fc; --warn:#ff9d5c; --warn-paper:#2b2019 } }
* { box-sizing:border-box }
body { margin:0; background:var(--paper); color:var(--ink); font:15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif }
main { max-width:1040px; margin:0 auto; padding:28px 20px 40px }
h1 { font-size:27px; line-height:1.2; margin:0 0 6px; overflow-wrap:anywhere } h2 { font-size:18px; margin:0 0 8px }
section, .card { background:var(--card); border:1px solid var(--line); border-radius:10px }
section { padding:18px 20px; margin-top:16px; break-inside:avoid-page }
section.warning { background:var(--warn-paper); border-color:var(--warn) } section.warning h2 { color:var(--warn) }
section.warning ul { margin:6px 0 0; padding-left:20px }
.lead { margin:0 0 10px; color:var(--quiet) } .quiet, small, footer { color:var(--quiet) }
.facts span { display:inline-block; margin-right:22px; color:var(--quiet) } .facts b { color:var(--ink); font-weight:600 }
.cards { display:grid; grid-template-columns:repeat(auto-fit, minmax(210px, 1fr)); gap:14px; margin-top:14px }
.card { padding:14px 18px } .card h3 { margin:0; font-size:13px; color:var(--quiet); font-weight:600 }
.card p { margin:0; font-size:32px; font-weight:650; line-height:1.25; color:var(--predicted) } .card p small { font-size:15px }
table { border-collapse:collapse; width:100%; font-variant-numeric:tabular-nums } th, td { padding:5px 10px; text-align:right }
th:first-child, .facts td, .columns td { text-align:left } thead th, thead td { color:var(--quiet); font-weight:600; font-size:13px }
tbody tr { border-top:1px solid var(--line) } tbody th { font-weight:500; text-align:left; overflow-wrap:anywhere }
tr.model { color:var(--predicted) } tr.model th, tr.model td { font-weight:700 } table.facts th { width:200px; color:var(--quiet) }
table.facts { margin-bottom:12px } table.columns { font-size:13px; margin-top:6px } summary { cursor:pointer; font-weight:600 }
table.confusion { width:auto } .cell { text-align:center; min-width:76px; background:color-mix(in srgb, var(--predicted) var(--share), transparent) }
.side { display:grid; grid-template-columns:repeat(auto-fit, minmax(290px, 1fr)); gap:18px; margin-top:14px }
.side h3 { margin:0 0 4px; font-size:14px; font-weight:600 } article + article { border-top:3px solid var(--line); margin-top:36px; padding-top:24px }
svg { width:100%; height:auto; display:block } .tick { font-size:12px; fill:var(--quiet) } .label { font-size:12px; fill:var(--quiet) }
.axis { stroke:var(--quiet) } .grid { stroke:var(--line) } .rule { stroke:var(--quiet); stroke-dasharray:5 4 }
.line { fill:none; stroke-width:1.5; stroke-linejoin:round } .line.actual { stroke:var(--actual); stroke-width:3.4 }
.line.predicted { stroke:var(--predicted) } .line.residual { stroke:var(--residual) }
.band { opacity:.22 } .band.actual { fill:var(--actual) } .band.predicted { fill:var(--predicted) } .band.residual { fill:var(--residual) }
.dots { fill:none; stroke-width:3.2; stroke-linecap:round; opacity:.4 } .dots.large { stroke-width:8; opacity:1 }
.dots.predicted { stroke:var(--predicted) } .dots.residual { stroke:var(--residual) }
.bar.predicted { fill:var(--predicted) } .bar.residual { fill:var(--residual); opacity:.75 } .bar.warn { fill:var(--warn) }
.bar.quiet { fill:var(--quiet); opacity:.2 }
.legend { margin:0 0 4px; font-size:13px; color:var(--quiet) } .key { display:inline-block; width:22px; height:4px; border-radius:2px;
  margin:0 6px 3px 12px } .key.actual { background:var(--actual); margin-left:0 } .key.predicted { background:var(--predicted) }
footer { margin-top:22px; font-size:13px }
@media print { :root { --paper:#fff; --card:#fff; --ink:#000; --quiet:#444; --line:#ccc; --actual:#9aa7b4; --predicted:#0b6b80;
  --residual:#7048b5; --warn:#c2410c; --warn-paper:#fff4ec } body { font-size:12px } main { max-width:none; padding:0 } .card { border-color:#ccc } }
""".strip()
