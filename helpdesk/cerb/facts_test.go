package cerb

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// held ties each fact of the package comment to the tests that hold it: functions of this package, or part/subtest of the
// contract suite, which runs on the double and on a running Cerb.
func held() map[int][]string {
	return map[int][]string{
		1:  {"TestRecordedSignaturesAreOurs", "TestQueryIsSignedSortedAndSentAsSigned"},
		2:  {"TestSignInRefusalsAreToldApart", "TestOpeningThatWentWrongIsToldAndFoundAgain"},
		3:  {"TestBearerTokenIsReadAgainWhenItChangesAndAfterARefusal"},
		4:  {"TestNoCookieIsKept", "TestStatusDecides"},
		5:  {"TestStatusDecides"},
		6:  {"TestOpeningThatWentWrongIsToldAndFoundAgain", "TestNoticeThatWentWrongIsToldAndProved", "TestChangeThatWentWrongIsToldAndReadBack", "TestReadsAreTriedAgain"},
		7:  {"TestLooseTypes"},
		8:  {"TestStatusDecides", "Change/NothingChangesOnATicketThatIsNotThere", "Open/NoTicketIsNotFound"},
		9:  {"TestTooOldAReleaseIsRefusedBeforeTheFirstWrite", "TestReleasesAreCompared"},
		10: {"TestAgentOutsideTheGroupIsRefusedBeforeAnythingIsWritten", "Open/OutsiderIsRefusedBeforeAnythingIsWritten"},
		11: {"TestKeyOutsideTheGroupWritesNothing"},
		12: {"Open/BadAddressIsRefusedBeforeAnythingIsWritten", "TestAddressesAreBareAndOne"},
		13: {"TestFilterNamesAreCerbs", "TestUnusableCaseFieldIsNotSearchedBy", "Open/IsTheAgentsOpenFoundAndMailedToNobody"},
		14: {"TestDraftOfATicketIsFound"},
		15: {"TestOpeningTextCarriesNoCommands", "Hostile/OpeningTextReachesTheTicketAsItStands"},
		16: {"TestNoticeGoesOutInTheAgentsNameWhereTheKeyMay", "Notice/IsSentOnceProvedAndWaiting"},
		17: {"Notice/KeepsAReopenDateThatWasThere", "TestNoticeGoesOutInTheAgentsNameWhereTheKeyMay"},
		18: {"Notice/LiesInTheMailboxAsItWasWritten"},
		19: {"TestNoticeGoesOutInTheAgentsNameWhereTheKeyMay"},
		20: {"TestProofIsAMessageThatWasNotThereBefore", "Meanwhile/ColleaguesReplyIsNotTakenForOurs"},
		21: {"MailDown/StrictDatabaseIsNotSentAndMayBeRepeated", "TestCerbsWordsForAFailure", "Meanwhile/ColleaguesReplyDoesNotHideThatOursFailed"},
		22: {"MailDown/LaxDatabaseIsQueuedAndSentLater", "MailDown/QueuedOfAnotherTicketIsNotOurs"},
		23: {"MailDown/LostAfterTheDataIsForAPerson", "TestMailServersMoodDecidesWhatIsSaid"},
		24: {"TestProofIsAMessageThatWasNotThereBefore", "TestForwardToNobodyIsUnclear"},
		25: {"TestCerbGoesOnWhenTheClientGaveUp"},
		26: {"TestRefusedRecipientPassesForSent"},
		27: {"TestStrangersAnswerIsNoProof", "Meanwhile/CustomersReplyOpensAndIsNoProof"},
		28: {"Notice/LiesInTheMailboxAsItWasWritten"},
		29: {"Notice/TextIsSentAsItStands"},
		30: {"TestRawTemplateIsNeverSent", "Render/FillsInValuesAndTheTicket"},
		31: {"Render/OtherNamesAreRefusedByName", "TestOnlyOurValuesAndTheTicketsPlaceholdersAreAllowed", "TestTemplatesThatReachFurtherAreRefused"},
		32: {"Render/BrokenOrEmptyIsRefused"},
		33: {"TestSnippetOfTheWrongTypeIsRefused", "TestSetupMakesWhatIsMissingOnce"},
		34: {"Change/OutsiderCannotOwn", "Change/AssigningChangesTheOwnerAlone", "Change/StatusChangesAndNothingElse"},
		35: {"TestMergedMeanwhileIsForAPerson", "Meanwhile/MergedTicketIsFoundAndGetsNoNotice", "Meanwhile/DeletedTicketIsFoundAndGetsNoNotice"},
		36: {"Meanwhile/CustomersReplyOpensAndIsNoProof"},
		37: {"TestValuesStayInTheirQuotes", "Hostile/KeysFindNothingButTheirOwnTicket", "Render/HostileTitlesFindTheirOwn"},
		38: {"Agent/MemberIsFoundInAnyCase", "Agent/UnknownIsNotFound"},
		39: {"TestManyRecordsAreAllRead"},
		40: {"Open/TicketsOfAnAddressAreItsOpenOnes"},
		41: {"Open/NewTicketsAreTheOpenOnesSince", "TestNewTicketsAreReadBackToTheInstant"},
		42: {"Change/CommentIsForColleaguesAndThereOnce", "TestCommentThatWentWrongIsToldAndFoundAgain"},
		43: {"TestCommentMentionsNobody"},
		44: {"TestCommentNeedsTheTicketsGroup"},
	}
}

// TestEveryFactIsHeldByATest keeps the package comment, the list above and the tests in step.
func TestEveryFactIsHeldByATest(t *testing.T) {
	tests := sources(t, "*_test.go")
	suite := sources(t, filepath.Join("..", "helpdesktest", "*.go"))
	facts := held()
	var numbers []int
	for _, m := range regexp.MustCompile(`(?m)^//  (\d+)\. `).FindAllStringSubmatch(sources(t, "doc.go"), -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, n)
		if len(facts[n]) == 0 {
			t.Errorf("no test holds fact %d", n)
		}
	}
	if len(numbers) != len(facts) || !slices.IsSorted(numbers) || numbers[len(numbers)-1] != len(numbers) {
		t.Errorf("the facts are numbered %v; %d are held", numbers, len(facts))
	}
	for n, names := range facts {
		for _, name := range names {
			part, sub, inSuite := strings.Cut(name, "/")
			switch {
			case inSuite && (!strings.Contains(suite, fmt.Sprintf("{%q, ", part)) || !strings.Contains(suite, fmt.Sprintf("{name: %q,", sub))):
				t.Errorf("fact %d: the contract suite has no %s", n, name)
			case !inSuite && !strings.Contains(tests, "\nfunc "+name+"(t *testing.T) {"):
				t.Errorf("fact %d: there is no %s", n, name)
			}
		}
	}
}

func sources(t *testing.T, pattern string) string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(files), err)
	}
	var all strings.Builder
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(raw)
	}
	return all.String()
}
