package bot

import "context"

// decideAfter takes what a person says about a case that is over: a matter that came up afterwards was settled by it, or a contact
// is noted. Nothing is left for the clerk, who is done with the case.
func (r *Reception) decideAfter(ctx context.Context, tx Tx, c Case, d Decision, s Signal) error {
	now := r.world.Now()
	if _, err := tx.InsertSignal(ctx, s); err != nil {
		return err
	}
	if err := tx.HandleSignal(ctx, s.ID, string(d.Choice), now); err != nil {
		return err
	}
	text := " leaves it as it is"
	if d.Choice == ChooseContact {
		text = " noted a contact with the customer"
	}
	return tx.Append(ctx, Entry{CaseID: c.ID, At: now, Who: s.By, Kind: string(d.Choice), Data: remote(d), Text: s.By.Name + text + because(d.Why) + "."})
}

// saysAfter says whether a choice can be made about a case that is over.
func (d Decision) saysAfter() bool { return d.Choice == ChooseContact || d.Choice == ChooseLeave }
