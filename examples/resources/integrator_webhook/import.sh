# The id is that of the webhook on the platform; data.integrator_webhooks lists them.
terraform import integrator_webhook.example wh_1a2b3c
