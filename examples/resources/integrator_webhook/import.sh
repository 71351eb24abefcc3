# By the webhook's id on the platform; data.integrator_webhooks lists them all.
terraform import integrator_webhook.example wh_1a2b3c

# In an import block: id = "wh_1a2b3c" or, from Terraform 1.12 and OpenTofu 1.12
# on, identity = { id = "wh_1a2b3c" }.
