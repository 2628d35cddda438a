package cerbfake

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var relative = regexp.MustCompile(`^([+-]\s*\d+)\s*(second|sec|minute|min|hour|day|week|month|year)s?$`)

// when reads a moment as PHP's strtotime does, as far as callers of Cerb write one: "+2 days", "tomorrow", a Unix time,
// RFC 1123, ISO 8601. What it can't read is 0.
func (s *Server) when(text string) int64 {
	text = strings.TrimSpace(text)
	now := time.Unix(s.now(), 0).In(s.opts.Zone)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	switch text {
	case "":
		return 0
	case "now":
		return now.Unix()
	case "tomorrow":
		return time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, now.Location()).Unix()
	}
	if m := relative.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(strings.ReplaceAll(strings.TrimPrefix(m[1], "+"), " ", ""))
		return later(now, n, m[2]).Unix()
	}
	for _, layout := range []string{time.RFC1123Z, time.RFC1123, time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return t.Unix()
		}
	}
	return 0
}

// later is n units after t, by the calendar from a day on.
func later(t time.Time, n int, unit string) time.Time {
	switch unit {
	case "day":
		return t.AddDate(0, 0, n)
	case "week":
		return t.AddDate(0, 0, 7*n)
	case "month":
		return t.AddDate(0, n, 0)
	case "year":
		return t.AddDate(n, 0, 0)
	case "hour":
		return t.Add(time.Duration(n) * time.Hour)
	case "minute", "min":
		return t.Add(time.Duration(n) * time.Minute)
	}
	return t.Add(time.Duration(n) * time.Second)
}
