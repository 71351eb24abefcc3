import {
  to = integrator_webhook.example
  identity = {
    id = "wh_1a2b3c"
  }
}
