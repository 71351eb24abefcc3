# The id is that of the webhook on the platform; data.integrator_webhooks lists them.
terraform import integrator_webhook.example 66f2a1c09b3e4d5f6a7b8c9d
