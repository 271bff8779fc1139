// The files of Sources/Server/Web: each has an array here and a line in the table below.
#include "CWeb.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char page[] = {
#embed "../Server/Web/page.html"
};

static const unsigned char style[] = {
#embed "../Server/Web/style.css"
};

static const unsigned char script[] = {
#embed "../Server/Web/script.js"
};

static const unsigned char icon[] = {
#embed "../Server/Web/icon.svg"
};

static const unsigned char examples[] = {
#embed "../Server/Web/examples.sql"
};

static const WebFile files[] = {
    {"page.html", page, sizeof page},
    {"style.css", style, sizeof style},
    {"script.js", script, sizeof script},
    {"icon.svg", icon, sizeof icon},
    {"examples.sql", examples, sizeof examples},
};

const size_t webFileCount = sizeof files / sizeof *files;

const WebFile *webFile(size_t index) { return index < webFileCount ? &files[index] : NULL; }
