package store

// The SQL of the store, in one place. It keeps to what SQLite and Postgres both understand ($N, ON CONFLICT, RETURNING), so
// that both share it; whatever one of them alone has belongs into the migrations or into its dialect (see seam.go).

const (
	caseColumns = `key, mode, state, step, reason, due_at, customer_id, customer_number, customer_name, agent_email,
	started_by, terms, ticket, notice, version, created_at, updated_at, ended_at, course`

	sqlSelectCase = `SELECT id, forgotten_at, ` + caseColumns + ` FROM cases`

	sqlCaseByID = sqlSelectCase + ` WHERE id = $1`

	// Written out as in the partial index, or it would not be used.
	sqlOpenCase = sqlSelectCase + ` WHERE customer_id = $1 AND state <> 'ended'`

	// Only the conflict of a second open case is passed over; a key given out twice stays an error.
	sqlInsertCase = `INSERT INTO cases (` + caseColumns + `, journal_hash)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
	ON CONFLICT (customer_id) WHERE state <> 'ended' DO NOTHING RETURNING id`

	// The journal's head and the lease are not the caller's to write: they stay as they are.
	sqlUpdateCase = `UPDATE cases SET key = $1, mode = $2, state = $3, step = $4, reason = $5, due_at = $6, customer_id = $7,
	customer_number = $8, customer_name = $9, agent_email = $10, started_by = $11, terms = $12, ticket = $13, notice = $14,
	version = $15, created_at = $16, updated_at = $17, ended_at = $18, course = $19
	WHERE id = $20 AND version = $21 AND ($22 = '' OR lease_token = $22)`

	// Cases that were started since, whatever became of them.
	sqlCountCases = `SELECT count(*) FROM cases WHERE created_at >= $1 AND ($2 = '' OR lower(agent_email) = $2)`

	sqlHoldCase = `SELECT id FROM cases WHERE id = $1`

	sqlCaseIsThere = `SELECT count(*) FROM cases WHERE id = $1`

	// A waiting signal makes its case due by itself, too: a clerk that was at work when it came, and then wrote the row with a
	// later due_at and went, must not leave it lying. The two are looked for apart, so that each goes by its index and ten
	// thousand cases that rest cost nothing. $1 is the program's time, $2 the time that leases are kept in.
	dueCases = `(SELECT id, due_at, CASE state WHEN 'restoring' THEN 0 WHEN 'running' THEN 2 ELSE 1 END AS turn FROM cases
	WHERE state <> 'ended' AND due_at <= $1 AND (lease_token = '' OR lease_until <= $2)
	UNION ALL SELECT id, due_at, CASE state WHEN 'restoring' THEN 0 ELSE 1 END FROM cases WHERE id IN
	(SELECT case_id FROM signals WHERE handled_at IS NULL AND case_id IS NOT NULL AND received_at <= $1)
	AND state <> 'ended' AND (due_at IS NULL OR due_at > $1) AND (lease_token = '' OR lease_until <= $2)) AS due`
	// Who has paid goes before everybody else; then whoever may have paid, or of whom a person said something; what hurts comes last.
	sqlDue = `SELECT id FROM ` + dueCases + ` ORDER BY turn, due_at NULLS FIRST, id`
	// A case that only a signal makes due has a due_at that has not come; since when it waits is the signal's affair.
	sqlDueStats = `SELECT count(*), min(CASE WHEN due_at <= $1 THEN due_at END) FROM ` + dueCases

	sqlClaim = `UPDATE cases SET lease_token = $1, lease_until = $2
	WHERE id = $3 AND (lease_token = '' OR lease_token = $1 OR lease_until <= $4)`
	sqlRenew   = `UPDATE cases SET lease_until = $1 WHERE id = $2 AND lease_token = $3`
	sqlRelease = `UPDATE cases SET lease_token = '', lease_until = NULL WHERE id = $1 AND lease_token = $2`
	sqlLease   = `SELECT lease_token FROM cases WHERE id = $1`

	intentColumns = `case_id, step, object, outcome, tries, prior, remote, changed, evidence, why, error, called_at, answered,
	approved, started_at, settled_at`

	sqlIntents = `SELECT ` + intentColumns + ` FROM intents WHERE case_id = $1 ORDER BY n`

	sqlPutIntent = `INSERT INTO intents (` + intentColumns + `)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
	ON CONFLICT (case_id, step, object) DO UPDATE SET outcome = excluded.outcome, tries = excluded.tries,
	prior = excluded.prior, remote = excluded.remote, changed = excluded.changed, evidence = excluded.evidence,
	why = excluded.why, error = excluded.error, called_at = excluded.called_at, answered = excluded.answered,
	approved = excluded.approved, started_at = excluded.started_at, settled_at = excluded.settled_at`

	signalColumns = `id, case_id, kind, by, body, received_at, handled_at, outcome`

	sqlInsertSignal = `INSERT INTO signals (` + signalColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
	ON CONFLICT (id) DO NOTHING`
	// With a row of placeholders a signal in the place of %s.
	sqlInsertSignals = `INSERT INTO signals (` + signalColumns + `) VALUES %s ON CONFLICT (id) DO NOTHING RETURNING id`
	sqlWakeCase      = `UPDATE cases SET due_at = CASE WHEN due_at < $1 THEN due_at ELSE $1 END WHERE id = $2`

	sqlSignals = `SELECT ` + signalColumns + ` FROM signals
	WHERE case_id IS NOT DISTINCT FROM $1 AND handled_at IS NULL ORDER BY received_at, n`
	sqlSignal       = `SELECT ` + signalColumns + ` FROM signals WHERE id = $1`
	sqlHandleSignal = `UPDATE signals SET handled_at = $1, outcome = $2 WHERE id = $3 AND handled_at IS NULL`

	sqlTakeSignal = `UPDATE signals SET taken_until = $1
	WHERE id = $2 AND handled_at IS NULL AND (taken_until IS NULL OR taken_until <= $3)`

	sqlHead    = `SELECT journal_n, journal_hash FROM cases WHERE id = $1`
	sqlSetHead = `UPDATE cases SET journal_n = $1, journal_hash = $2 WHERE id = $3`

	entryColumns = `case_id, n, at, who, step, object, kind, text, data, prev, hash`

	sqlAppend  = `INSERT INTO journal (` + entryColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	sqlJournal = `SELECT ` + entryColumns + ` FROM journal WHERE case_id = $1 ORDER BY n`

	sqlSetting    = `SELECT value FROM settings WHERE name = $1`
	sqlSetSetting = `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`

	cardColumns = `case_id, channel, ts, drawn, thread, tried_at`

	sqlCard    = `SELECT ` + cardColumns + ` FROM cards WHERE case_id = $1`
	sqlPutCard = `INSERT INTO cards (` + cardColumns + `) VALUES ($1, $2, $3, $4, $5, $6)
	ON CONFLICT (case_id) DO UPDATE SET channel = excluded.channel, ts = excluded.ts, drawn = excluded.drawn,
	thread = excluded.thread, tried_at = excluded.tried_at`

	// The one that was tried longest ago first, so that a card that can't be drawn doesn't hold up the others.
	sqlStaleCards = `SELECT k.case_id FROM cards k JOIN cases c ON c.id = k.case_id WHERE k.drawn < c.version
	ORDER BY coalesce(k.tried_at, 0), k.case_id`

	questionColumns = `id, case_id, customer_number, customer_name, asked_by, text, asked_at, channel, ts, tried_at, mailed_at,
	answer, answered_by, answered_at, told_at`

	sqlPutQuestion = `INSERT INTO questions (` + questionColumns + `)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
	ON CONFLICT (id) DO UPDATE SET case_id = excluded.case_id, customer_number = excluded.customer_number,
	customer_name = excluded.customer_name, asked_by = excluded.asked_by, text = excluded.text, asked_at = excluded.asked_at,
	channel = excluded.channel, ts = excluded.ts, tried_at = excluded.tried_at, mailed_at = excluded.mailed_at,
	answer = excluded.answer, answered_by = excluded.answered_by, answered_at = excluded.answered_at, told_at = excluded.told_at`
	sqlSelectQuestion     = `SELECT ` + questionColumns + ` FROM questions`
	sqlQuestion           = sqlSelectQuestion + ` WHERE id = $1`
	sqlQuestions          = sqlSelectQuestion + ` ORDER BY asked_at DESC, n DESC`
	sqlUnsettledQuestions = sqlSelectQuestion + ` WHERE ts = '' AND mailed_at IS NULL OR answered_at IS NOT NULL AND told_at IS NULL
	ORDER BY asked_at, n`

	sqlStates  = `SELECT state, count(*) FROM cases GROUP BY state`
	sqlWaiting = `SELECT
	(SELECT count(*) FROM cases WHERE lease_token <> '' AND lease_until > $1),
	(SELECT count(*) FROM signals WHERE handled_at IS NULL),
	(SELECT min(received_at) FROM signals WHERE handled_at IS NULL),
	(SELECT count(*) FROM questions WHERE answered_at IS NULL)`
)
