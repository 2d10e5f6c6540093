#!/bin/sh
# Does what docs/plugins.md tells a plugin author: installs the headers somewhere, takes the sample's source elsewhere,
# builds it there with the page's one line and with the sample's CMake project, and loads both results in unit_handlers.
#   outside_tree_test.sh SOURCE_DIR BUILD_DIR UNIT_HANDLERS
set -eu
source_dir=$1 build_dir=$2 unit_handlers=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sample=$source_dir/tests/support/sample_plugin
page=$source_dir/docs/plugins.md
cmake --install "$build_dir" --component headers --prefix "$work/prefix" >/dev/null
mkdir "$work/acme"
cp "$sample/acme.cc" "$sample/CMakeLists.txt" "$work/acme"
cd "$work/acme"

sed -n '/^```cpp$/,/^```$/p' "$page" | sed '1d;$d' >page.cc
cmp page.cc acme.cc || { echo "the code in docs/plugins.md is not that of the sample plugin"; exit 1; }

# doctest is content with a filter that finds nothing.
check() {
  WAYBILL_SAMPLE_PLUGIN=$1 "$unit_handlers" --test-case='the sample plugin*' >result.txt || { cat result.txt; exit 1; }
  grep -q 'test cases: *2 | *2 passed' result.txt || { cat result.txt; echo "expected two test cases"; exit 1; }
}

line=$(grep '^g++ ' "$page") || { echo "docs/plugins.md has no g++ line"; exit 1; }
echo "$line"
PREFIX=$work/prefix sh -euc "$line"
check "$work/acme/acme.so"

cmake -S . -B build -DWAYBILL_INCLUDE_DIR="$work/prefix/include" >/dev/null
cmake --build build >/dev/null
check "$work/acme/build/acme.so"
