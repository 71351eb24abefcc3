// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/integrator/terraform-provider-integrator/internal/client"
)

func webhookNotCreated(err error, api *client.Client) diag.Diagnostic {
	lost, ok := errors.AsType[*client.LostWebhookError](err)
	if !ok {
		return callFailed("The webhook was not created", err, api)
	}
	var found string
	switch {
	case lost.ListErr != nil:
		found = "Whether it was could not be found out. " + whatHappened(lost.ListErr)
	case len(lost.Found) == 0:
		found = "The list of webhooks has no new one with this URL so far."
	default:
		found = "Since then the list of webhooks has, with this URL:\n"
		for _, webhook := range lost.Found {
			found += "\n  " + webhook.ID
		}
	}
	return explainedError("webhook-perhaps-created", "The webhook may have been created",
		paragraphs("The request was sent, and not again, since that could create a second webhook, which would get each event as well.",
			whatHappened(lost.Err), remedy(lost.Err, api), found,
			"Before applying again, look at the list (data.integrator_webhooks). If the webhook is there: terraform import <address> <id>. If it is not, apply again."))
}

func webhookNotUpdated(err error, api *client.Client) diag.Diagnostic {
	if problem, ok := errors.AsType[*client.Error](err); ok && problem.Status == http.StatusNotFound && problem.Document {
		return explainedError("webhook-gone", "The webhook is gone",
			paragraphs(whatHappened(err), "It was removed outside Terraform after this plan was made. Plan again: it will be created anew."))
	}
	return callFailed("The webhook was not updated", err, api)
}

func webhookEventUnknown(at path.Path, event string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(at, "Unknown webhook event",
		fmt.Sprintf("This version of the provider does not know the event %q. The platform may have added it since, so applying leaves it to the API. "+
			"Check the name. Known are: %s.",
			event, strings.Join(client.WebhookEvents(), ", ")))
}

// webhookHasOtherEvents is about a webhook that has not all of the events that were
// asked for, or more.
func webhookHasOtherEvents(webhook *client.Webhook, missing, added []string) diag.Diagnostic {
	differ := fmt.Sprintf("The API took the change of webhook %s, but not as planned:", webhook.ID)
	for _, part := range []struct {
		name   string
		events []string
	}{{"missing", missing}, {"in addition", added}} {
		var quoted []string // so that they cannot do anything to a terminal
		for _, event := range part.events {
			quoted = append(quoted, strconv.Quote(event))
		}
		if quoted != nil {
			differ += fmt.Sprintf("\n  %s: %s", part.name, strings.Join(quoted, ", "))
		}
	}
	return diag.NewAttributeWarningDiagnostic(path.Root("events"), "The webhook has other events than planned",
		paragraphs(differ, "The state has the events as planned. The next refresh shows what the webhook has, and plans the change again. "+
			"If that does not help, set events to what the API makes of it."))
}

func webhookIsDisabled(webhook *client.Webhook) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("disabled"), "The webhook is disabled",
		paragraphs(fmt.Sprintf("The platform has stopped sending events to webhook %s, %s. Deliveries that failed in a row: %d.", webhook.ID, webhook.URL, webhook.FailureCount),
			"Only a new webhook in its place gets events again. See that the URL answers, and then: terraform apply -replace=<address>"))
}

func webhookSecretStays(key string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("The webhook secret stays in force",
		fmt.Sprintf("Destroying integrator_webhook_secret sends nothing: the API cannot remove a webhook secret. "+
			"Webhook payloads of integrator %s are signed with it until another one is set, so keep it where the receivers need it.", key))
}
