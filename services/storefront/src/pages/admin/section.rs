//! The sections of the back office, which its menu lists.

use crate::texts::Texts;

/// A section of the back office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Today,
    Orders,
    Products,
    Categories,
    Customers,
    Mails,
}

impl Section {
    /// Every section, in the order of the menu.
    pub(crate) const ALL: [Self; 6] =
        [Self::Today, Self::Orders, Self::Products, Self::Categories, Self::Customers, Self::Mails];

    /// Returns the path of its first page.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Today => "/admin",
            Self::Orders => "/admin/orders",
            Self::Products => "/admin/products",
            Self::Categories => "/admin/categories",
            Self::Customers => "/admin/customers",
            Self::Mails => "/admin/mails",
        }
    }

    /// Returns its name.
    pub(crate) const fn name(self, t: &Texts) -> &'static str {
        let frame = &t.admin.frame;
        match self {
            Self::Today => frame.today,
            Self::Orders => frame.orders,
            Self::Products => frame.products,
            Self::Categories => frame.categories,
            Self::Customers => frame.customers,
            Self::Mails => frame.mails,
        }
    }

    /// Reports whether this is the section with the path of `other`.
    pub(crate) fn is(self, other: Self) -> bool {
        self == other
    }
}
