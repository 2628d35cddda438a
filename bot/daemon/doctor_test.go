package daemon

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot/store"
)

func TestASecretThatEverybodyMayReadIsFound(t *testing.T) {
	dir := t.TempDir()
	open, closed := filepath.Join(dir, "open"), filepath.Join(dir, "closed")
	for path, mode := range map[string]os.FileMode{open: 0o644, closed: 0o640} {
		if err := os.WriteFile(path, []byte("hush"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	d := Daemon{}
	d.Config.Slack.BotTokenFile, d.Config.Helpdesk.Cerb.SecretKeyFile = open, closed
	got := d.checkSecrets()
	if len(got) != 1 || !strings.Contains(got[0].Name, "open") || got[0].Status != "wrong" || strings.Contains(got[0].Said, "hush") {
		t.Errorf("%+v", got)
	}
}

func TestAClockThatIsFarOffIsFound(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	d := Daemon{health: newMonitor(func() time.Time { return now })}
	d.health.clock("cerb", "Tue, 24 Nov 2026 10:00:20 GMT")
	if got := d.checkClocks(); len(got) != 1 || got[0].Status != "ok" {
		t.Errorf("20 seconds: %+v", got)
	}
	d.health.clock("backoffice", "Tue, 24 Nov 2026 09:55:00 GMT")
	if got := d.checkClocks(); len(got) != 1 || got[0].Name != "clock of backoffice" || !strings.Contains(got[0].Said, "5m0s") {
		t.Errorf("five minutes: %+v", got)
	}
}

func TestNearlyNoRoomOnTheDiskIsSaid(t *testing.T) {
	if got := roomFor(filepath.Join(t.TempDir(), "x.db")); len(got) != 1 || !strings.Contains(got[0].Said, "MB are free") {
		t.Errorf("%+v", got)
	}
	if got := roomFor("/nowhere/at/all/x.db"); got[0].Status != "note" {
		t.Errorf("%+v", got)
	}
}

func TestADatabaseThatMayLoseCommitsIsFound(t *testing.T) {
	got := durability(store.About{Risky: []string{"fsync", "full_page_writes"}, Unconfirmed: true})
	if len(got) != 2 || got[0].Status != "wrong" || !strings.Contains(got[0].Do, "set fsync and full_page_writes to on") ||
		got[1].Status != "note" || !strings.Contains(got[1].Do, "aanmaner restore") {
		t.Errorf("%+v", got)
	}
	if got := durability(store.About{Standbys: 1}); len(got) != 0 {
		t.Errorf("nothing is wrong: %+v", got)
	}
}
