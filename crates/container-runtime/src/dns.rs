//! Questions to the DNS and what is answered, as programs see them.

use orrery_apimachinery::Str;
use std::fmt;
use std::net::Ipv4Addr;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordType {
    /// Addresses.
    A,
    /// Addresses of version 6: nobody has one.
    Aaaa,
    /// The name that a name stands for.
    Cname,
    /// Where a service is.
    Srv,
    /// The name of an address.
    Ptr,
}

impl RecordType {
    /// All of them.
    const ALL: [RecordType; 5] =
        [RecordType::A, RecordType::Aaaa, RecordType::Cname, RecordType::Srv, RecordType::Ptr];

    /// As people write it: `SRV`.
    pub fn name(self) -> &'static str {
        match self {
            RecordType::A => "A",
            RecordType::Aaaa => "AAAA",
            RecordType::Cname => "CNAME",
            RecordType::Srv => "SRV",
            RecordType::Ptr => "PTR",
        }
    }

    /// The type that is called so.
    pub fn named(name: &str) -> Option<RecordType> {
        RecordType::ALL.into_iter().find(|known| known.name().eq_ignore_ascii_case(name))
    }
}

/// What a record holds. Names are without their last dot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// An address.
    A(Ipv4Addr),
    /// Another name.
    Cname(Str),
    /// The weight, the port and the host of a service.
    Srv(u16, u16, Str),
    /// The name of an address.
    Ptr(Str),
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Whose it is, without the last dot.
    pub name: Str,
    /// What it says.
    pub data: Data,
}

impl fmt::Display for Record {
    /// As `dig` prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.\t30\tIN\t", self.name)?;
        match &self.data {
            Data::A(address) => write!(f, "A\t{address}"),
            Data::Cname(name) => write!(f, "CNAME\t{name}."),
            Data::Srv(weight, port, host) => write!(f, "SRV\t0 {weight} {port} {host}."),
            Data::Ptr(name) => write!(f, "PTR\t{name}."),
        }
    }
}

/// What came of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// There is such a name, though not always such a record.
    NoError,
    /// There is no such name.
    NxDomain,
    /// Nobody answered.
    Silence,
}

impl Code {
    /// `NXDOMAIN`
    pub fn name(self) -> &'static str {
        match self {
            Code::NoError => "NOERROR",
            Code::NxDomain => "NXDOMAIN",
            Code::Silence => "no answer",
        }
    }
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Records {
    /// What came of it.
    pub code: Code,
    /// The records, aliases first.
    pub list: Vec<Record>,
}

impl Records {
    /// No records.
    pub fn none(code: Code) -> Records {
        Records { code, list: Vec::new() }
    }

    /// The addresses of a name.
    pub fn of_addresses(name: &Str, addresses: Vec<Ipv4Addr>) -> Records {
        let code = if addresses.is_empty() { Code::NxDomain } else { Code::NoError };
        let record = |address| Record { name: name.clone(), data: Data::A(address) };
        Records { code, list: addresses.into_iter().map(record).collect() }
    }

    /// The addresses among the records.
    pub fn addresses(&self) -> Vec<Ipv4Addr> {
        let address = |record: &Record| match record.data {
            Data::A(address) => Some(address),
            _ => None,
        };
        self.list.iter().filter_map(address).collect()
    }
}
