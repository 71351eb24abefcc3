import {
  to = integrator_webhook.example
  id = "66f2a1c09b3e4d5f6a7b8c9d"
}
