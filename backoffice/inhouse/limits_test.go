package inhouse

import (
	"strings"
	"testing"
	"time"
)

// TestLimitsAreThoseOfTheContract holds the program against the numbers in openapi.yaml, section Limits. Whoever changes one
// changes both.
func TestLimitsAreThoseOfTheContract(t *testing.T) {
	c := Config{}.withDefaults()
	if c.Timeout != 15*time.Second || c.MaxBytes != 8<<20 || c.MaxPages != 100 || c.RatePerSecond != 20 {
		t.Errorf("defaults %+v", c)
	}
	if MaxWebhook != 64<<10 || webhookWindow != 5*time.Minute || MinSecret != 16 || maxID != 128 || maxEventPage != 200 {
		t.Error("a constant of the feed or the webhook differs from the contract")
	}
	if maxQuery != 200 || maxKey != 255 || maxSentence != 300 || maxRetryAfter != 24*time.Hour || readTries != 3 {
		t.Error("a constant differs from the contract")
	}
}

func TestKeyFitsItsHeaderWhateverItIs(t *testing.T) {
	seen := map[string]string{}
	for _, key := range []string{
		"case-41", `a"b\c`, strings.Repeat("k", 253), strings.Repeat("k", 254), strings.Repeat(`"`, 126), strings.Repeat(`"`, 127),
		"naïef", "a\nb", "a\x00b", "é", strings.Repeat("lang ", 1000), " ",
	} {
		header := structuredString(keyOf(key))
		if len(header) > 255 || header[0] != '"' || header[len(header)-1] != '"' {
			t.Errorf("%.20q became %q", key, header)
		}
		for _, r := range header {
			if r < ' ' || r > '~' {
				t.Errorf("%.20q became %q", key, header)
			}
		}
		if other, ok := seen[header]; ok {
			t.Errorf("%.20q and %.20q are one key", key, other)
		}
		seen[header] = key
	}
	if got := structuredString(keyOf(`a"b\c`)); got != `"a\"b\\c"` {
		t.Errorf("escaped as %s", got)
	}
}

func FuzzNextLink(f *testing.F) {
	for _, h := range []string{`<?cursor=p3>; rel="next"`, `</a>; rel=prev, </b>; title="a,<c>; rel=next"; REL="last next"`, `<`, `>`, `<>;rel`, `<a>;rel="next`, `<a>;x="\"`} {
		f.Add(h)
	}
	f.Fuzz(func(t *testing.T, h string) {
		target := nextLink([]string{h})
		if target != "" && !strings.Contains(h, "<"+target+">") {
			t.Errorf("%q leads to %q", h, target)
		}
	})
}
