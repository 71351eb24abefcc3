import {
  to = integrator_webhook.example
  id = "wh_1a2b3c"
}
