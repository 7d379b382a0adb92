-- Finds the due emails that go ahead of those about orders, without reading those first.
CREATE INDEX verifications_ahead ON verifications (due_at)
    WHERE status = 'pending' AND purpose NOT IN ('order_confirmed', 'order_refunded');
