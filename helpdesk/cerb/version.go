package cerb

import (
	"context"
	"strconv"
	"strings"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// oldestRelease is the first Cerb whose compose knows dont_send. An older one ignores it and would mail the ticket's
// opening text to the customer.
const oldestRelease = "9.3.4"

// checkRelease refuses a Cerb that would mail the customer when a ticket is opened.
func checkRelease(op, version string) error {
	if version != "" && compareReleases(version, oldestRelease) >= 0 {
		return nil
	}
	return &helpdesk.Error{Kind: helpdesk.ErrTooOld, Op: op, Sentence: "This is Cerb " + first(version, "of unknown release") +
		". Before " + oldestRelease + " Cerb mails a new ticket's first message to the customer, so nothing is written to it."}
}

// compareReleases compares dotted numbers: 10.4.10 is after 10.4.9. A part that is no number counts as before all
// numbers, so that a release we can't read is too old.
func compareReleases(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		if d := part(as, i) - part(bs, i); d != 0 {
			return d
		}
	}
	return 0
}

func part(parts []string, i int) int {
	if i >= len(parts) {
		return 0
	}
	digits := parts[i]
	if end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); end > 0 {
		digits = digits[:end] // "4-rc1" counts as 4
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || len(digits) > 9 {
		return -1
	}
	return n
}

// ready is asked before the first write: the release knows dont_send. It gives who the key is.
func (c *Client) ready(ctx context.Context, op string) (keyHolder, error) {
	me, err := c.me(ctx)
	if err != nil {
		return keyHolder{}, err
	}
	return me, checkRelease(op, string(me.Version))
}
