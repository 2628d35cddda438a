package daemon

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/bot/store"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// checkEngine says which engine the database is, of which version its tables are, and who follows it, and compares its clock
// with ours: leases are kept in its time.
func (d *Daemon) checkEngine(ctx context.Context) []Finding {
	a, err := d.store.About(ctx)
	if err != nil {
		return []Finding{wrong("database: engine", err, "", "look at the database's disk or server")}
	}
	f := Finding{Name: "database: engine", Status: "ok", Said: fmt.Sprintf("%s %s, %d MB, tables of version %d", a.Kind, a.Version, a.Size>>20, a.Have)}
	if a.Standbys > 0 {
		f.Said += fmt.Sprintf(", followed by %d other servers", a.Standbys)
	}
	if a.Have != a.Want {
		f.Status, f.Do = "wrong", "run: aanmaner migrate"
		f.Said += fmt.Sprintf("; this release works with version %d", a.Want)
	}
	out := append([]Finding{f}, durability(a)...)
	if a.Ahead.Abs() > tooSkewed {
		out = append(out, Finding{Name: "clock of database", Status: "wrong", Said: fmt.Sprintf("it differs from ours by %s", a.Ahead.Abs().Round(time.Second)),
			Do: "set the clocks by NTP: signatures, dates and waits depend on them"})
	}
	return out
}

// durability says by what the database may lose what it reported as written. Nothing happens twice because that is there.
func durability(a store.About) (out []Finding) {
	if len(a.Risky) > 0 {
		out = append(out, Finding{Name: "database: durability", Status: "wrong",
			Said: "the server has " + strings.Join(a.Risky, " and ") + " off: when its machine crashes, what was written may be lost or spoilt, and be done twice",
			Do:   "set " + strings.Join(a.Risky, " and ") + " to on in postgresql.conf, and reload it"})
	}
	if a.Unconfirmed {
		out = append(out, Finding{Name: "database: standby", Status: "note",
			Said: "no commit waits for a standby: one that takes over may lack the last seconds",
			Do:   "set synchronous_standby_names; without it, treat a standby that has taken over as a restored copy: aanmaner restore"})
	}
	return out
}

// checkColleagues says on which tickets comments for colleagues can be put, and on which one isn't that should be.
func (d *Daemon) checkColleagues(ctx context.Context, s helpdesk.Server) Finding {
	f := Finding{Name: "cerb: comments on other tickets", Status: "ok", Said: "every " + d.Policy.CommentTickets.String()}
	if d.Policy.CommentTickets == 0 {
		f.Status, f.Said = "note", "switched off: colleagues who answer another ticket of a customer with a case aren't told"
		return f
	}
	if !s.WritesAs {
		f.Status, f.Said = "note", f.Said+", on tickets of the key's own groups alone"
	}
	untold, err := d.Reception.Untold(ctx)
	if err != nil || len(untold) == 0 {
		return f
	}
	last := untold[len(untold)-1]
	f.Status, f.Said = "note", fmt.Sprintf("%d tickets have none; the last is %s: %s", len(untold), last.Mask, first(last.Refused, last.Trouble))
	f.Do = "see that the key's worker is a member of those tickets' groups in Cerb, or an administrator, and that the key may call tickets/*/comment"
	return f
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// Rights says what the key for Cerb may do, for the operator.
func (d *Daemon) Rights(ctx context.Context) (string, error) {
	s, err := d.cerb.Server(ctx)
	return s.RightNote, err
}

// checkRoute says whom a notice is from, and that the group and the bucket for it are there.
func (d *Daemon) checkRoute(ctx context.Context) Finding {
	const name = "cerb: mail route"
	r, err := d.cerb.Route(ctx)
	if err != nil {
		return wrong(name, err, helpdesk.Sentence(err), "check helpdesk.cerb.group and bucket, and the group's address for replies in Cerb")
	}
	where := "group " + r.Group
	if r.Bucket != "" {
		where += ", bucket " + r.Bucket
	}
	if r.From == "" {
		return Finding{Name: name, Status: "note", Said: where + " has no address of its own for replies: notices are from Cerb's default sender",
			Do: "choose an address for the group in Cerb, so that customers' answers come back to it"}
	}
	return Finding{Name: name, Status: "ok", Said: "notices go out from " + r.From + " (" + where + ")"}
}
