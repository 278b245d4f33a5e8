"""Small things that every page is made of: fields that take what people type, labels that elide, banners, buttons."""
