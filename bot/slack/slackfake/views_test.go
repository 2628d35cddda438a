package slackfake_test

import (
	"errors"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// form is a modal with one required field.
func form(title string) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: words(title), Submit: words("Verder"), Close: words("Terug"),
		CallbackID: "search", PrivateMetadata: "case=41",
		Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewSectionBlock(marked("*Welke klant?*"), nil, nil),
			slack.NewInputBlock("number", words("Klantnummer"), nil, slack.NewPlainTextInputBlockElement(nil, "typed")),
		}},
	}
}

// opened opens a modal for the user.
func (w *world) opened(t *testing.T, user string, v slack.ModalViewRequest) slack.View {
	t.Helper()
	got, err := w.api.OpenViewContext(t.Context(), w.trigger(t, user), v)
	if err != nil {
		t.Fatalf("open: %v %v", err, w.Faults())
	}
	return got.View
}

func TestTriggerOpensOneModalWithinThreeSeconds(t *testing.T) {
	w := newWorld(t)
	id := w.trigger(t, sanne)
	w.Add(3 * time.Second)
	v, err := w.api.OpenViewContext(t.Context(), id, form("Zoeken"))
	if err != nil {
		t.Fatal(err)
	}
	if got := w.Views(sanne); len(got) != 1 || got[0].ID != v.ID || got[0].Title != "Zoeken" || got[0].PrivateMetadata != "case=41" {
		t.Errorf("%+v", got)
	}
	if _, err := w.api.OpenViewContext(t.Context(), id, form("Zoeken")); code(err) != "exchanged_trigger_id" {
		t.Error(err)
	}
	id = w.trigger(t, sanne)
	w.Add(3*time.Second + time.Millisecond)
	if _, err := w.api.OpenViewContext(t.Context(), id, form("Zoeken")); code(err) != "expired_trigger_id" {
		t.Error(err)
	}
	if _, err := w.api.OpenViewContext(t.Context(), "made.up", form("Zoeken")); code(err) != "invalid_arguments" {
		t.Error(err)
	}
}

func TestStaleHashIsRefusedAndTheViewStays(t *testing.T) {
	w := newWorld(t)
	v := w.opened(t, sanne, form("Een"))
	second, err := w.api.UpdateViewContext(t.Context(), form("Twee"), "", v.Hash, v.ID)
	if err != nil || second.Hash == v.Hash {
		t.Fatal(second, err)
	}
	if _, err := w.api.UpdateViewContext(t.Context(), form("Drie"), "", v.Hash, v.ID); code(err) != "hash_conflict" {
		t.Error(err)
	}
	got := w.Views(sanne)[0]
	if got.Title != "Twee" || len(got.Earlier) != 1 || got.Earlier[0].Title != "Een" {
		t.Errorf("%+v", got)
	}
	w.noFaults(t)
}

func TestFilledInFieldsOutliveAnUpdate(t *testing.T) {
	w := newWorld(t)
	v := w.opened(t, sanne, form("Een"))
	if err := w.Fill(sanne, v.ID, slackfake.Values{"Klantnummer": "10234"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.api.UpdateViewContext(t.Context(), form("Twee"), "", "", v.ID); err != nil {
		t.Fatal(err)
	}
	if got := w.Views(sanne)[0].State["number"]["typed"]["value"]; got != "10234" {
		t.Errorf("field holds %v", got)
	}
	other := form("Drie")
	other.Blocks.BlockSet[1].(*slack.InputBlock).BlockID = "number-2"
	if _, err := w.api.UpdateViewContext(t.Context(), other, "", "", v.ID); err != nil {
		t.Fatal(err)
	}
	if got := w.Views(sanne)[0].State["number-2"]["typed"]["value"]; got != nil {
		t.Errorf("a field with a new id must be empty, holds %v", got)
	}
}

func TestAtMostThreeViewsLieOnTopOfEachOther(t *testing.T) {
	w := newWorld(t)
	w.app.says(200, "text/plain", "")
	view := form("Onder")
	view.Blocks.BlockSet = append(view.Blocks.BlockSet, slack.NewActionBlock("more", slack.NewButtonBlockElement("full", "", words("Hele mail"))))
	top := w.opened(t, sanne, view)
	for i := range 3 {
		r := w.Click(t.Context(), sanne, slackfake.Target{View: top.ID}, "Hele mail")
		if !r.OK() {
			t.Fatalf("%+v", r)
		}
		v, err := w.api.PushViewContext(t.Context(), r.TriggerID, view)
		if i == 2 {
			if code(err) != "push_limit_reached" {
				t.Error(err)
			}
			break
		}
		if err != nil || v.PreviousViewID != top.ID {
			t.Fatal(v, err)
		}
		top = v.View
	}
	if r := w.Dismiss(t.Context(), sanne, top.ID); r.Err != nil || len(w.Views(sanne)) != 2 {
		t.Errorf("%+v, %d views", r, len(w.Views(sanne)))
	}
	if _, err := w.api.UpdateViewContext(t.Context(), view, "", "", top.ID); code(err) != "not_found" {
		t.Errorf("update of a closed view: %v", err)
	}
}

func TestExternalIDIsUniqueAndFindsTheView(t *testing.T) {
	w := newWorld(t)
	v := form("Een")
	v.ExternalID = "case-41"
	w.opened(t, sanne, v)
	if _, err := w.api.OpenViewContext(t.Context(), w.trigger(t, jacqueline), v); code(err) != "duplicate_external_id" {
		t.Error(err)
	}
	v.Title = words("Twee")
	if _, err := w.api.UpdateViewContext(t.Context(), v, "case-41", "", ""); err != nil || w.Views(sanne)[0].Title != "Twee" {
		t.Error(err)
	}
}

func TestHomeTabIsPublishedAndReplaced(t *testing.T) {
	w := newWorld(t)
	home := func(text string) slack.PublishViewContextRequest {
		return slack.PublishViewContextRequest{UserID: sanne, View: slack.HomeTabViewRequest{Type: slack.VTHomeTab,
			Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewHeaderBlock(words(text))}}}}
	}
	first, err := w.api.PublishViewContext(t.Context(), home("Mijn zaken"))
	if err != nil {
		t.Fatal(err)
	}
	again := home("Wacht op jou")
	if _, err := w.api.PublishViewContext(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	again.Hash = &first.Hash
	if _, err := w.api.PublishViewContext(t.Context(), again); code(err) != "hash_conflict" {
		t.Error(err)
	}
	got, ok := w.Snapshot().Home(sanne)
	if !ok || got.ID != first.ID || len(got.Earlier) != 1 || len(w.Views(sanne)) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestRefusedViewSaysWhere(t *testing.T) {
	w := newWorld(t)
	v := form("Een titel die veel te lang is")
	_, err := w.api.OpenViewContext(t.Context(), w.trigger(t, sanne), v)
	var refused slack.SlackErrorResponse
	if !errors.As(err, &refused) || len(refused.ResponseMetadata.Messages) != 1 ||
		refused.ResponseMetadata.Messages[0] != "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]" {
		t.Errorf("%v %+v", err, refused)
	}
	if len(w.Views(sanne)) != 0 || len(w.Faults()) != 1 {
		t.Errorf("%d views, faults %q", len(w.Views(sanne)), w.Faults())
	}
}
