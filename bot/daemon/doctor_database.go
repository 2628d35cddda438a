package daemon

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// littleRoom is when the disk of the database deserves a look. A case takes some tens of kilobytes, so that this is room for
// thousands; but what else fills that disk will not stop there.
const littleRoom = 1 << 30

// noRoom is when it may be full today.
const noRoom = 100 << 20

// checkDatabase asks for the engine, the tables and the room.
func (d *Daemon) checkDatabase(ctx context.Context) []Finding {
	a, err := d.store.About(ctx)
	if err != nil {
		return []Finding{wrong("database", err, "", "look at the database's disk or server; nothing is done that can't be written down first")}
	}
	d.health.clockIs("database", a.Ahead)
	f := Finding{Name: "database", Status: "ok", Said: fmt.Sprintf("%s %s, %s, tables of version %d", a.Kind, a.Version, size(a.Size), a.Have)}
	if a.Standbys > 0 {
		f.Said += fmt.Sprintf(", followed by %d other servers", a.Standbys)
	}
	if a.Have != a.Want {
		f.Status, f.Do = "wrong", "run: aanmaner migrate"
		f.Said += fmt.Sprintf("; this release works with version %d", a.Want)
	}
	out := []Finding{f}
	if a.Free < 0 {
		return out
	}
	room := Finding{Name: "database: disk", Status: "ok", Said: size(a.Free) + " free"}
	switch {
	case a.Free < noRoom:
		room.Status, room.Do = "wrong", "make room on the disk of "+d.Config.Database+": nothing is done that can't be written down first"
	case a.Free < littleRoom:
		room.Status, room.Do = "note", "make room on the disk of "+d.Config.Database
	}
	return append(out, room)
}

// size writes a number of bytes for a person.
func size(bytes int64) string {
	const units = "kMGT"
	n, unit := float64(bytes)/1024, 0
	for n >= 1024 && unit < len(units)-1 {
		n, unit = n/1024, unit+1
	}
	return fmt.Sprintf("%.1f %cB", n, units[unit])
}

// How far clocks may be apart. Slack's requests count for five minutes and Cerb's keys for ten; and dates on which money was
// due or a service ends are compared with what others say.
const (
	clockNote  = 10 * time.Second
	clockWrong = 4 * time.Minute
)

// checkClocks compares our clock with those of the systems that have answered.
func (d *Daemon) checkClocks() (out []Finding) {
	clocks := d.health.clocks()
	for _, system := range slices.Sorted(maps.Keys(clocks)) {
		ahead := clocks[system].Round(time.Second)
		f := Finding{Name: "clock: " + system, Status: "ok", Said: "the same as ours"}
		if ahead.Abs() >= 2*time.Second { // HTTP's dates have whole seconds
			f.Said = ahead.Abs().String() + " ahead of ours"
			if ahead < 0 {
				f.Said = ahead.Abs().String() + " behind ours"
			}
		}
		do := "let both machines follow a time server (timedatectl says whether this one does)"
		switch {
		case ahead.Abs() >= clockWrong:
			f.Status, f.Do = "wrong", do
		case ahead.Abs() >= clockNote:
			f.Status, f.Do = "note", do
		}
		out = append(out, f)
	}
	return out
}
