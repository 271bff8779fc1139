#ifndef VARVE_CKERNELS_H
#define VARVE_CKERNELS_H
#endif
