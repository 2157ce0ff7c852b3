"""Takes the place of PyInstaller's own hook for QtGui: collects what the window needs and nothing else."""

from qt_parts import parts_of

hiddenimports, binaries, datas = parts_of(__file__)
