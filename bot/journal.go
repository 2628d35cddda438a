package bot

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Entry is one line of a case's journal: the file that goes to a collection agency or a judge. The journal is append-only,
// and each entry carries the hash of the one before.
type Entry struct {
	CaseID int64
	N      int // 1, 2, 3 … within the case
	At     time.Time
	Who    Actor
	Step   StepName // empty: about the case as a whole
	Object string
	Kind   string          // "case started", "step done", "looked" …
	Text   string          // one English sentence
	Data   json.RawMessage // what was called and what came back; never a mail's text
	Prev   string          // the hash of entry N-1; for the first one, of the case's key
	Hash   string
}

// Head is where a case's journal stands: kept in the case's row, so that cutting off the end shows.
type Head struct {
	N    int
	Hash string
}

// FirstHead is the head of an empty journal.
func FirstHead(caseKey string) Head {
	sum := sha256.Sum256([]byte("aanmaner journal " + caseKey))
	return Head{Hash: hex.EncodeToString(sum[:])}
}

// Seal gives the entry its number and hashes behind head, and answers the new head. Times are kept to the millisecond,
// as the database keeps them.
func (e *Entry) Seal(head Head) Head {
	e.N, e.Prev = head.N+1, head.Hash
	e.At = e.At.UTC().Truncate(time.Millisecond)
	e.Hash = e.sum()
	return Head{N: e.N, Hash: e.Hash}
}

// sum hashes everything that the entry says. Fields are length-prefixed by JSON, so no two entries read the same.
func (e *Entry) sum() string {
	fields, err := json.Marshal([]any{
		e.CaseID, e.N, e.At.UnixMilli(), e.Who, e.Step, e.Object, e.Kind, e.Text, string(e.Data), e.Prev,
	})
	if err != nil { // only strings and numbers: can't happen, but must not hash as something valid
		return "unhashable: " + err.Error()
	}
	sum := sha256.Sum256(fields)
	return hex.EncodeToString(sum[:])
}

// ErrForgotten: the journal's chain is whole, and entries in it were emptied, as forgetting a case does. That is only right
// in a case whose ForgottenAt is set.
var ErrForgotten = errors.New("the contents of the journal were taken out, its chain is whole")

// forgotten says whether an entry was emptied. What it said can't be checked any more, only where it stands.
func (e Entry) forgotten() bool {
	return e.Text == "" && len(e.Data) == 0 && e.Object == "" && e.Who == (Actor{}) && e.Hash != e.sum()
}

// VerifyCase checks the journal of a case as VerifyJournal does. A forgotten case may have emptied entries, and is whole
// with them; in another case they are an error.
func VerifyCase(c Case, entries []Entry, head Head) error {
	err := VerifyJournal(c.Key, entries, head)
	if errors.Is(err, ErrForgotten) && !c.ForgottenAt.IsZero() {
		return nil
	}
	return err
}

// VerifyJournal checks a case's whole journal against its head: numbering, links, contents and end. The error names the
// first entry that does not fit; it is ErrForgotten when all fit and the contents of some were taken out.
func VerifyJournal(caseKey string, entries []Entry, head Head) error {
	at, emptied := FirstHead(caseKey), 0
	for _, e := range entries {
		if e.N != at.N+1 {
			return fmt.Errorf("entry %d is followed by entry %d: something is missing", at.N, e.N)
		}
		if e.forgotten() {
			emptied++
		} else if e.Hash != e.sum() {
			return changed(e)
		}
		if e.Prev != at.Hash {
			return changed(e)
		}
		at = Head{N: e.N, Hash: e.Hash}
	}
	if at != head {
		return fmt.Errorf("the journal ends at entry %d, the case says %d: the end is missing", at.N, head.N)
	}
	if emptied > 0 {
		return fmt.Errorf("%w: %d of %d entries", ErrForgotten, emptied, len(entries))
	}
	return nil
}

func changed(e Entry) error {
	return fmt.Errorf("entry %d of %s was changed after it was written", e.N, e.At.Format(time.RFC3339))
}
