package store

import (
	"context"
	"fmt"
)

// BreakLeases takes back every lease. Only for the holder of the database's lock: whoever had them is gone, and its cases
// need not wait for the leases to run out.
func (s *Store) BreakLeases(ctx context.Context) error {
	err := s.inTx(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE cases SET lease_token = '', lease_until = NULL WHERE lease_token <> ''`)
		return err
	})
	if err != nil {
		return fmt.Errorf("break leases: %w", err)
	}
	return nil
}
