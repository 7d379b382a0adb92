#!/bin/sh
# The content of each image: layout.sh BINARIES OUT copies the programs in BINARIES into
# OUT/<image>/.
set -eu
for image in storefront user verification inventory payment bootstrap chaos shopper; do
    mkdir -p "$2/$image"
    install -m 755 "$1/estore-$image" "$2/$image/estore"
done
