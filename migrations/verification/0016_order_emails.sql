-- Finds the emails about an order. Only emails that Payment requests name one.
CREATE INDEX verifications_order ON verifications ((data ->> 'order_id'), created_at) WHERE data ->> 'order_id' IS NOT NULL;
