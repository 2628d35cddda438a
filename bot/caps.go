package bot

import (
	"context"
	"time"
)

// Lately counts the cases that were started lately.
type Lately struct {
	Hour  int // by anybody in the last hour
	Day   int // by anybody since midnight in the company's zone
	Agent int // by the agent since midnight
}

// limit is one cap on new cases.
type limit struct {
	code    string // of the reason when it is reached
	most    int
	started func(Lately) int
}

func (p Policy) caps() []limit {
	return []limit{
		{"cap_agent", p.MaxPerAgentDay, func(s Lately) int { return s.Agent }},
		{"cap_hour", p.MaxPerHour, func(s Lately) int { return s.Hour }},
		{"cap_day", p.MaxPerDay, func(s Lately) int { return s.Day }},
	}
}

// startedLately counts what the caps look at. In the transaction that starts a case it holds others back that would start one
// at the same time, so that two of them can't pass a cap together.
func (p Policy) startedLately(ctx context.Context, tx Tx, agentEmail string, now time.Time) (s Lately, err error) {
	midnight := now.In(p.Location)
	midnight = time.Date(midnight.Year(), midnight.Month(), midnight.Day(), 0, 0, 0, 0, p.Location)
	if s.Hour, err = tx.CountCases(ctx, "", now.Add(-time.Hour)); err != nil {
		return s, err
	}
	if s.Day, err = tx.CountCases(ctx, "", midnight); err != nil {
		return s, err
	}
	s.Agent, err = tx.CountCases(ctx, agentEmail, midnight)
	return s, err
}

// reached says whether a cap leaves no room for one more.
func (p Policy) reached(s Lately) bool {
	for _, c := range p.caps() {
		if c.most > 0 && c.started(s) >= c.most {
			return true
		}
	}
	return false
}
