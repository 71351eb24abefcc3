// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework/diag"

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
	return diag.NewErrorDiagnostic("The webhook may have been created",
		paragraphs("The request was sent, and not again, since that could create a second webhook, which would get each event as well.",
			whatHappened(lost.Err), remedy(lost.Err, api), found,
			"Before applying again, look at the list (data.integrator_webhooks). If the webhook is there: terraform import <address> <id>. If it is not, apply again."))
}

func webhookNotUpdated(err error, api *client.Client) diag.Diagnostic {
	if problem, ok := errors.AsType[*client.Error](err); ok && problem.Status == http.StatusNotFound {
		return diag.NewErrorDiagnostic("The webhook is gone",
			paragraphs(whatHappened(err), "It was removed outside Terraform after this plan was made. Plan again: it will be created anew."))
	}
	return callFailed("The webhook was not updated", err, api)
}

func webhookSecretStays(key string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("The webhook secret stays in force",
		fmt.Sprintf("Destroying integrator_webhook_secret sends nothing: the API cannot remove a webhook secret. "+
			"Webhook payloads of integrator %s are signed with it until another one is set, so keep it where the receivers need it.", key))
}
