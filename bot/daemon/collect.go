package daemon

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/aanmaner/aanmaner/bot"
)

// gauge describes a number that is read when it is asked for.
func gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("aanmaner_"+name, help, labels, nil)
}

// Describe lists nothing: what is collected depends on whether the database answers.
func (m *monitor) Describe(chan<- *prometheus.Desc) {}

// Collect reads the rows and the systems' states. When the database doesn't answer, database_up is 0 and the numbers from
// it are left out rather than shown as they were.
func (m *monitor) Collect(out chan<- prometheus.Metric) {
	m.mu.Lock()
	stats := m.stats
	for system, s := range m.remotes {
		if !s.Good.IsZero() {
			out <- number(gauge("remote_last_success_timestamp_seconds", "When another system last answered well.", "system"), float64(s.Good.Unix()), system)
		}
	}
	m.mu.Unlock()
	up := gauge("database_up", "1 when the database answers.")
	if stats == nil {
		out <- number(up, 0)
		return
	}
	s, err := stats(context.Background())
	if err != nil {
		out <- number(up, 0)
		return
	}
	out <- number(up, 1)
	m.collectRows(s, out)
}

func (m *monitor) collectRows(s bot.Stats, out chan<- prometheus.Metric) {
	states := gauge("cases", "Cases by state.", "state")
	for _, state := range append(bot.OpenStates(), bot.Ended) {
		out <- number(states, float64(s.ByState[state]), string(state))
	}
	for _, n := range []struct {
		name, help string
		value      float64
	}{
		{"cases_due", "Cases that a clerk could work on now.", float64(s.Due)},
		{"oldest_due_seconds", "How long the longest waiting of them has been due.", m.age(s.OldestDue)},
		{"leases", "Cases that a clerk is at work on.", float64(s.Leases)},
		{"signals_waiting", "Commands, clicks and words of people that have not been handled.", float64(s.WaitingSignals)},
		{"oldest_signal_seconds", "How long the longest waiting of them has been here.", m.age(s.OldestSignal)},
		{"questions_open", "Questions to credit control without an answer.", float64(s.OpenQuestions)},
	} {
		out <- number(gauge(n.name, n.help), n.value)
	}
}

func number(d *prometheus.Desc, value float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
}

// age is how long ago an instant was, in seconds; 0 when there is none.
func (m *monitor) age(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return max(0, m.now().Sub(t).Seconds())
}
