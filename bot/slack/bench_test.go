package slack

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
	"github.com/aanmaner/aanmaner/bot/store"
	"github.com/aanmaner/aanmaner/bot/store/storetest"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// BenchmarkAcknowledge sends signed commands at 200 a second over HTTP on loopback and reports how long it takes until each
// is acknowledged: its signature checked, told apart from repeats, and committed to the database. The work that follows is
// taken from the queue and dropped: it is the back office's pace, not ours.
//
//	go test -run '^$' -bench Acknowledge -benchtime 2000x ./bot/slack
func BenchmarkAcknowledge(b *testing.B) {
	onEachDatabase(b, func(b *testing.B, database string) { acknowledge(b, startForBench(b, database)) })
}

// onEachDatabase runs a benchmark on a file of its own and, where there is a server (AANMANER_TEST_POSTGRES), on that.
func onEachDatabase(b *testing.B, run func(b *testing.B, database string)) {
	b.Run("sqlite", func(b *testing.B) { run(b, filepath.Join(b.TempDir(), "bot.db")) })
	b.Run("postgres", func(b *testing.B) { run(b, storetest.Postgres(b)) })
}

func acknowledge(b *testing.B, address string) {
	const every = time.Second / 200
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 3 * time.Second}
	took := make([]time.Duration, b.N)
	var wg sync.WaitGroup
	tick := time.NewTicker(every)
	defer tick.Stop()
	b.ResetTimer()
	for i := range b.N {
		<-tick.C
		wg.Go(func() { took[i] = acknowledged(b, client, address, i) })
	}
	wg.Wait()
	b.StopTimer()
	slices.Sort(took)
	ms := func(part float64) float64 { return float64(took[int(part*float64(len(took)-1))].Microseconds()) / 1000 }
	b.ReportMetric(ms(0.5), "p50-ms")
	b.ReportMetric(ms(0.99), "p99-ms")
	b.ReportMetric(ms(1), "max-ms")
}

// acknowledged sends one command and gives the time until its answer was read.
func acknowledged(b *testing.B, client *http.Client, address string, i int) time.Duration {
	raw := []byte(typedForm("trigger_id", "13345224609.738474920."+strconv.Itoa(i)).Encode())
	at := time.Now()
	req, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(raw))
	if err != nil {
		b.Error(err)
		return 0
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Slack-Request-Timestamp", strconv.FormatInt(at.Unix(), 10))
	req.Header.Set("X-Slack-Signature", slackfake.Sign("s3cret", at.Unix(), raw))
	resp, err := client.Do(req)
	if err != nil {
		b.Error(err)
		return 0
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.ContentLength != 0 {
		b.Errorf("status %d, %d bytes", resp.StatusCode, resp.ContentLength)
	}
	return time.Since(at)
}

// BenchmarkThroughput counts the commands a second that 256 callers at once get acknowledged: by a bare handler that reads
// the request and checks its signature, and by the bot, which also tells repeats apart and commits each to the database.
//
//	go test -run '^$' -bench Throughput -benchtime 3s ./bot/slack
func BenchmarkThroughput(b *testing.B) {
	b.Run("bare", func(b *testing.B) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
			if err != nil || verify("s3cret", r.Header, body, time.Now()) != "" {
				http.Error(w, "not signed", http.StatusUnauthorized)
			}
		}))
		b.Cleanup(server.Close)
		throughput(b, server.URL)
	})
	onEachDatabase(b, func(b *testing.B, database string) { throughput(b, startForBench(b, database)) })
}

func throughput(b *testing.B, address string) {
	const callers = 256
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: callers}, Timeout: 10 * time.Second}
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	began := time.Now()
	for range callers {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				acknowledged(b, client, address, int(i)+1e6*b.N)
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "acks/s")
}

func startForBench(b *testing.B, database string) (address string) {
	rows, err := store.Open(context.Background(), store.Config{Path: database}, time.Now)
	must(b, err)
	b.Cleanup(func() { _ = rows.Close() })
	words, err := wording.Load(time.UTC)
	must(b, err)
	s, err := New(Config{
		SigningSecret: "s3cret", BotToken: "xoxb-1", APIURL: "http://127.0.0.1:1/", CaseChannel: cases, AppID: "A0OURS", TeamIDs: []string{"T0OURS"},
		AllowedUsers: []string{sanne},
	}, nil, rows, words, bot.DefaultPolicy(), slog.New(slog.DiscardHandler))
	must(b, err)
	ctx, cancel := context.WithCancel(context.Background())
	b.Cleanup(cancel)
	go func() {
		for {
			select {
			case <-s.queue:
			case <-ctx.Done():
				return
			}
		}
	}()
	server := httptest.NewServer(s.Handler())
	b.Cleanup(server.Close)
	return server.URL + "/slack/commands"
}
