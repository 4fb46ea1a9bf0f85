# sh pkg_config.sh COMPILER SOURCE LIBDIR FOLDER DATA: builds with what pkg-config says, and runs it within FOLDER.
set -eu
export PKG_CONFIG_PATH="$3/pkgconfig" LD_LIBRARY_PATH="$3"
mkdir -p "$4"
cd "$4"
"$1" -std=c++20 -O1 "$2" $(pkg-config --cflags --libs plantwright) -o app
./app "$5"
