# GitHub's formulas, $$...$$ and $...$, as Doxygen writes them.
s/\$\$([^$]+)\$\$/\\f[\1\\f]/g
s/\$([^$]+)\$/\\f$\1\\f$/g
