// The files of Sources/Server/Web: each has an array here and a line in the table below.
#include "CWeb.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char style[] = {
#embed "../Server/Web/style.css"
};

static const WebFile files[] = {
    {"style.css", style, sizeof style},
};

const size_t webFileCount = sizeof files / sizeof *files;

const WebFile *webFile(size_t index) { return index < webFileCount ? &files[index] : NULL; }
