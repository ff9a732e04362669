"""The kiosk: draws the page that the service publishes and sends back what was touched.

A process of its own. It holds no state of a visit: what is typed, how much was inserted and what comes next all
live in the service, so a kiosk that dies shows the same page again when it comes back.
"""
