/* Load generator for the event socket and the operators' streams (shared/design/protocol.md, http-api.md).
 *   load throughput SOCK CONNS EVENTS WINDOW     events/s, each acknowledged, CONNS pipelined connections
 *   load latency SOCK HOST PORT TOKEN RATE SECS OPERATORS   pop latency: call.ringing written -> pop read on that operator's SSE stream
 * Works the same against floor.c. Build: cc -O2 -pthread load.c -o load */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
static void die(const char *w) { perror(w); exit(1); }
static int unix_connect(const char *p) {
    int s = socket(AF_UNIX, SOCK_STREAM, 0); struct sockaddr_un a = {.sun_family = AF_UNIX}; strncpy(a.sun_path, p, sizeof a.sun_path - 1);
    if (connect(s, (void *)&a, sizeof a)) die(p);
    return s;
}
static void put(int s, const char *b, size_t n) { while (n) { ssize_t w = write(s, b, n); if (w <= 0) die("write"); b += w; n -= w; } }
static int by_value(const void *a, const void *b) { double x = *(double *)a, y = *(double *)b; return x < y ? -1 : x > y; }

static const char *path; static long events; static int window; static long run_id; static atomic_long refused;

/* one call = offered, queued, ringing, answered, ended: five events, all of them valid */
static size_t event(char *b, long conn, long i) {
    static const char *type[] = {"call.offered", "call.queued", "call.ringing", "call.answered", "call.ended"};
    int k = i % 5; size_t n = sprintf(b, "{\"type\":\"%s\",\"id\":\"%ld.%ld.%ld\",\"source\":\"load\",\"call\":\"%ld.%ld.%ld\"", type[k], run_id, conn, i, run_id, conn, i / 5);
    if (k == 0) n += sprintf(b + n, ",\"from\":\"+8190%08ld\",\"to\":\"+81312345678\",\"queue\":\"support\"", (i / 5 * 7919 + conn * 13) % 1000000);
    if (k == 1) n += sprintf(b + n, ",\"queue\":\"support\"");
    if (k == 2 || k == 3) n += sprintf(b + n, ",\"operator\":\"%ld\"", 1000 + (i / 5 + conn * 50) % 200);
    return n + sprintf(b + n, "}\n");
}
static void *flood(void *x) {
    int s = unix_connect(path); long conn = (long)x, sent = 0, acked = 0; char out[70000], in[65536]; int col = 0;
    while (acked < events) {
        size_t n = 0;
        while (sent < events && sent - acked < window && n < 65000) n += event(out + n, conn, sent++);
        if (n) put(s, out, n);
        ssize_t r = read(s, in, sizeof in); if (r <= 0) die("read");
        for (ssize_t i = 0; i < r; i++) { if (col == 6 && in[i] == 'f') refused++; if (in[i] == '\n') { acked++; col = 0; } else col++; }
    }
    close(s); return 0;
}
static void throughput(int conns) {
    pthread_t t[256]; double t0 = now();
    for (long i = 0; i < conns; i++) pthread_create(&t[i], 0, flood, (void *)i);
    for (int i = 0; i < conns; i++) pthread_join(t[i], 0);
    double d = now() - t0;
    printf("{\"mode\":\"throughput\",\"connections\":%d,\"window\":%d,\"events\":%ld,\"refused\":%ld,\"events_per_s\":%.0f}\n", conns, window, events * conns, (long)refused, conns * events / d);
}

static double *sent_at, *took; static long calls, ops; static atomic_long got; static int *stream_fd; static atomic_int stop;
static void *streams(void *unused) {
    (void)unused; struct pollfd *p = calloc(ops, sizeof *p); char **buf = calloc(ops, sizeof *buf); size_t *len = calloc(ops, sizeof *len);
    for (long i = 0; i < ops; i++) { p[i].fd = stream_fd[i]; p[i].events = POLLIN; buf[i] = malloc(1 << 18); }
    char key[48]; int kl = sprintf(key, "\"lat%ld.", run_id);
    while (!stop) {
        if (poll(p, ops, 100) <= 0) continue;
        for (long i = 0; i < ops; i++) if (p[i].revents) {
            ssize_t r = read(p[i].fd, buf[i] + len[i], (1 << 18) - len[i] - 1); if (r <= 0) { p[i].fd = -1; continue; }
            double t = now(); /* after the read: a call that is sent between the poll and the read would seem to pop before it rang */
            len[i] += r; buf[i][len[i]] = 0; char *q = buf[i], *hit;
            while ((hit = strstr(q, key))) {
                char *e = strchr(hit + kl, '"'); if (!e) break;
                long c = atol(hit + kl); if (c >= 0 && c < calls && took[c] == 0 && sent_at[c] > 0) { took[c] = t - sent_at[c]; got++; }
                q = e;
            }
            size_t keep = len[i] - (q - buf[i]); if (keep > 64) { q = buf[i] + len[i] - 64; keep = 64; }
            memmove(buf[i], q, keep); len[i] = keep;
        }
    }
    return 0;
}
static void *drain(void *x) { int s = *(int *)x; char b[65536]; while (read(s, b, sizeof b) > 0) {} return 0; }
static void latency(const char *host, int port, const char *token, double rate, double secs) {
    calls = rate * secs / 3; sent_at = calloc(calls, 8); took = calloc(calls, 8); stream_fd = calloc(ops, sizeof(int));
    int s = unix_connect(path); char b[2048]; pthread_t rd, dr; pthread_create(&dr, 0, drain, &s);
    for (long o = 0; o < ops; o++) put(s, b, sprintf(b, "{\"type\":\"operator.login\",\"operator\":\"%ld\",\"source\":\"load\"}\n", 1000 + o));
    for (long o = 0; o < ops; o++) {
        struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)}; inet_pton(AF_INET, host, &a.sin_addr);
        stream_fd[o] = socket(AF_INET, SOCK_STREAM, 0); if (connect(stream_fd[o], (void *)&a, sizeof a)) die("connect");
        put(stream_fd[o], b, sprintf(b, "GET /v1/stream?operator=%ld HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nAccept: text/event-stream\r\n\r\n", 1000 + o, token));
        usleep(2000);
    }
    usleep(500000); pthread_create(&rd, 0, streams, 0);
    double t0 = now();
    for (long c = 0; c < calls; c++) {
        double due = t0 + c * 3 / rate, d; while ((d = due - now()) > 0) usleep(d * 1e6 > 50 ? d * 1e6 - 50 : 0);
        put(s, b, sprintf(b, "{\"type\":\"call.offered\",\"source\":\"load\",\"call\":\"lat%ld.%ld\",\"from\":\"+8190%08ld\",\"to\":\"+81312345678\",\"queue\":\"support\"}\n", run_id, c, c * 7919 % 1000000));
        int n = sprintf(b, "{\"type\":\"call.ringing\",\"source\":\"load\",\"call\":\"lat%ld.%ld\",\"operator\":\"%ld\"}\n", run_id, c, 1000 + c % ops);
        sent_at[c] = now(); put(s, b, n);
        put(s, b, sprintf(b, "{\"type\":\"call.ended\",\"source\":\"load\",\"call\":\"lat%ld.%ld\",\"by\":\"caller\"}\n", run_id, c));
    }
    double end = now() + 5; while (got < calls && now() < end) usleep(10000);
    stop = 1; pthread_join(rd, 0);
    double *v = malloc(calls * 8 + 8); long n = 0; for (long c = 0; c < calls; c++) if (took[c] > 0) v[n++] = took[c];
    qsort(v, n, 8, by_value);
    printf("{\"mode\":\"latency\",\"rate\":%.0f,\"pops\":%ld,\"missed\":%ld", rate, n, calls - n);
    if (n) printf(",\"p50_us\":%.0f,\"p90_us\":%.0f,\"p99_us\":%.0f,\"max_us\":%.0f", v[n / 2] * 1e6, v[n * 9 / 10] * 1e6, v[n * 99 / 100] * 1e6, v[n - 1] * 1e6);
    printf("}\n");
}
int main(int n, char **v) {
    run_id = time(0) * 1000 + getpid() % 1000;
    if (n == 6 && !strcmp(v[1], "throughput")) { path = v[2]; events = atol(v[4]); window = atoi(v[5]); throughput(atoi(v[3])); }
    else if (n == 9 && !strcmp(v[1], "latency")) { path = v[2]; ops = atol(v[8]); latency(v[3], atoi(v[4]), v[5], atof(v[6]), atof(v[7])); }
    else { fprintf(stderr, "usage: load throughput SOCK CONNS EVENTS WINDOW | load latency SOCK HOST PORT TOKEN RATE SECS OPERATORS\n"); return 2; }
}
