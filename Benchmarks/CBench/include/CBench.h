#ifndef VARVE_CBENCH_H
#define VARVE_CBENCH_H

/// Does `iterations` fused multiply-adds in each lane of 12 independent vectors, of 16 or 8 floats or (lanes = 1) the
/// compiler's choice of 4; returns a value so that the work is done. The caller has checked that the machine can.
float varve_bench_peak(int lanes, long iterations);

/// The CPU time of this thread in seconds: what a busy machine does not stretch.
double varve_bench_seconds(void);

#endif
