#!/bin/sh
# Puts Desktop Chat into the menu of whoever runs this; --remove takes it out again.
# The program itself stays in this folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
share=${XDG_DATA_HOME:-$HOME/.local/share}
bin=$HOME/.local/bin
name=desktop-chat

if [ "${1:-}" = --remove ]; then
    rm -f "$bin/$name" "$share/applications/$name.desktop" "$share"/metainfo/*.DesktopChat.metainfo.xml
    rm -f "$share"/icons/hicolor/*/apps/$name.png "$share/icons/hicolor/scalable/apps/$name.svg"
    echo "Desktop Chat is out of the menu; its folder $here can go."
    exit
fi
mkdir -p "$bin" "$share"
cp -r "$here/share/." "$share"
ln -sf "$here/$name" "$bin/$name"
# Not every menu looks for programs in ~/.local/bin.
sed -i "s|^Exec=.*|Exec=\"$here/$name\"|" "$share/applications/$name.desktop"
echo "Desktop Chat is in the menu now, and in $bin."
