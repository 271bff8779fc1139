// C, and not Swift: fork between processes of one thread, and prctl, are not to be had there.
#define _GNU_SOURCE
#include "CKeeper.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { orders = 3, report = 4 };

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (long long)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

// MARK: The tree

struct process {
    pid_t id, parent;
    int is_ours;
};

/// The process table, or nothing where there is no /proc; to be freed.
static struct process *table(size_t *count) {
    *count = 0;
    DIR *folder = opendir("/proc");
    if (!folder) return NULL;
    size_t room = 256;
    struct process *list = malloc(room * sizeof *list);
    struct dirent *entry;
    while (list && (entry = readdir(folder))) {
        if (!isdigit((unsigned char)entry->d_name[0])) continue;
        char path[64], text[512];
        snprintf(path, sizeof path, "/proc/%.20s/stat", entry->d_name);
        int file = open(path, O_RDONLY | O_CLOEXEC);
        if (file < 0) continue;
        ssize_t length = read(file, text, sizeof text - 1);
        close(file);
        if (length <= 0) continue;
        text[length] = 0;
        // The process's own name may hold brackets; a zombie has ended.
        char *name = strrchr(text, ')'), state;
        int parent;
        if (!name || sscanf(name + 1, " %c %d", &state, &parent) != 2 || state == 'Z' || state == 'X') continue;
        if (*count == room) {
            struct process *larger = realloc(list, 2 * room * sizeof *list);
            if (!larger) break;
            list = larger;
            room *= 2;
        }
        list[(*count)++] = (struct process){atoi(entry->d_name), parent, 0};
    }
    closedir(folder);
    return list;
}

/// Sends a signal to everything that this process has started, by whatever hands, and tells how many there were.
static int signal_tree(int number, pid_t program) {
    size_t count;
    struct process *list = table(&count);
    int found = 0;
    if (!list || count == 0) {
        if (program > 0 && kill(-program, number) == 0) found = 1;
        free(list);
        return found;
    }
    pid_t self = getpid();
    int grew = 1;
    while (grew) {
        grew = 0;
        for (size_t i = 0; i < count; i++) {
            if (list[i].is_ours || list[i].id == self) continue;
            int is_ours = list[i].parent == self;
            for (size_t j = 0; j < count && !is_ours; j++) is_ours = list[j].is_ours && list[j].id == list[i].parent;
            if (is_ours) list[i].is_ours = grew = 1;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (list[i].is_ours && (number == 0 || kill(list[i].id, number) == 0)) found++;
    }
    free(list);
    return found;
}

// MARK: The program

static pid_t start(char *const words[], const sigset_t *mask, void (*hang_up)(int)) {
    pid_t child = fork();
    if (child != 0) return child;
    setpgid(0, 0);
    // Should this process be killed, the program must not stay.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == 1) _exit(127);
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    if (hang_up == SIG_IGN) signal(SIGHUP, SIG_IGN);
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvp(words[0], words);
    dprintf(report, "error %d\n", errno);
    _exit(127);
}

/// What happens while the program runs and afterwards until nothing is left of it.
struct state {
    pid_t program;
    int status;
    int has_ended;
    int has_orders;
};

static void reap(struct state *state) {
    int status;
    pid_t child;
    while ((child = waitpid(-1, &status, WNOHANG)) > 0) {
        if (child != state->program) continue;
        state->status = status;
        state->has_ended = 1;
    }
}

/// Ends everything, at once and for good.
static void end_tree(struct state *state) {
    // More may be started meanwhile; what the system cannot end is not waited for.
    long long limit = now() + 5000;
    while (signal_tree(SIGKILL, state->has_ended ? 0 : state->program) > 0 && now() < limit) {
        usleep(2000);
        reap(state);
    }
    reap(state);
}

static void obey(struct state *state) {
    char order;
    ssize_t count = read(orders, &order, 1);
    if (count < 0) return;
    if (count == 0) {
        state->has_orders = 0;
        end_tree(state);
        return;
    }
    if (order == 'K') end_tree(state);
    if (order == 'T') signal_tree(SIGTERM, state->program);
}

/// Waits for an order or for something that ends, until a moment; never where that is negative.
static void wait_until(struct state *state, int events, long long moment) {
    struct pollfd files[] = {
        {.fd = events, .events = POLLIN}, {.fd = state->has_orders ? orders : -1, .events = POLLIN}
    };
    long long left = moment < 0 ? 1000 : moment - now();
    if (poll(files, 2, left < 0 ? 0 : (int)left) <= 0) return;
    struct signalfd_siginfo event;
    if (files[0].revents && read(events, &event, sizeof event) > 0) reap(state);
    if (files[1].revents) obey(state);
}

int varve_keep_program(char *const words[]) {
    if (!words[0] || !words[1] || fcntl(orders, F_SETFD, FD_CLOEXEC) < 0 || fcntl(report, F_SETFD, FD_CLOEXEC) < 0)
        return 64;
    // Another keeper's pipe of orders would not close as long as it is open here.
    if (close_range(5, ~0U, 0) != 0) for (int file = 5; file < 65536; file++) close(file);
    long long grace = atoll(words[0]);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_NAME, "varve-keeper");
    // Whoever asked for the program decides when it ends.
    for (int *number = (int[]){SIGINT, SIGTERM, SIGQUIT, 0}; *number; number++) signal(*number, SIG_IGN);
    void (*hang_up)(int) = signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    sigset_t ends, mask;
    sigemptyset(&ends);
    sigaddset(&ends, SIGCHLD);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    sigemptyset(&mask);
    int events = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
    struct state state = {.has_orders = 1};
    state.program = events < 0 ? -1 : start(words + 1, &mask, hang_up);
    if (state.program < 0) {
        dprintf(report, "error %d\n", errno);
        return 71;
    }
    // The streams belong to the program: whoever reads them sees their end when it and all it started have ended.
    for (int stream = 0; stream < 3; stream++) close(stream);
    while (!state.has_ended) wait_until(&state, events, -1);
    if (signal_tree(SIGTERM, 0) > 0) {
        long long limit = now() + grace;
        while (signal_tree(0, 0) > 0 && now() < limit) {
            long long next = now() + 50;
            wait_until(&state, events, next < limit ? next : limit);
        }
        end_tree(&state);
    }
    if (WIFSIGNALED(state.status)) {
        dprintf(report, "signal %d\n", WTERMSIG(state.status));
    } else {
        dprintf(report, "exit %d\n", WEXITSTATUS(state.status));
    }
    return 0;
}
