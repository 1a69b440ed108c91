//! `#[derive(Fields)]`: lists the fields of an API struct, so that one decoder and one encoder serve all of them.
//!
//! A field is named as in JSON: `host_ip` is `hostIp`. `#[json(…)]` says what is special about it:
//! - `name = "hostIP"`: the name, where upstream writes it otherwise;
//! - `omitempty`: not printed while it is empty, as Go's `omitempty`;
//! - `text`: an `Option<Str>` that takes an empty text as absent, and is not printed when absent;
//! - `null_if_empty`: a required list that upstream prints as null when it is empty.
//!
//! `#[json(name = "…")]` on the struct is its name in messages, where upstream's differs.
//!
//! Fields stand in the order in which upstream declares them: so Go prints a struct as JSON.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Ident, LitStr, Result, Type};

/// Derives the traits of `orrery_apimachinery::decode` that make a struct readable and printable.
#[proc_macro_derive(Fields, attributes(json))]
pub fn fields(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// One field of the struct.
struct Field {
    ident: Ident,
    ty: Type,
    name: String,
    rule: Ident,
}

fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(input, "only a struct has fields"));
    };
    let fields = data.fields.iter().map(field).collect::<Result<Vec<_>>>()?;
    let ty = &input.ident;
    let ty_name = name_in_messages(input)?;
    let rows = fields.iter().map(
        |Field { name, rule, ty, .. }| quote!(Field { name: #name, rule: Rule::#rule, ty: <#ty as Typed>::TYPE }),
    );
    let arms = |borrow: TokenStream| {
        let arms = fields.iter().enumerate().map(|(index, Field { ident, .. })| {
            // The decoder asks for what the table lists; the last arm takes the place of a panic.
            if index + 1 == fields.len() {
                quote!(_ => #borrow self.#ident)
            } else {
                quote!(#index => #borrow self.#ident)
            }
        });
        match fields.len() {
            0 => quote!(unreachable!("there is no field {index}")),
            _ => quote!(match index { #(#arms,)* }),
        }
    };
    let (shared, unique) = (arms(quote!(&)), arms(quote!(&mut)));
    Ok(quote! {
        const _: () = {
            use ::orrery_apimachinery::decode::{
                Cx, Field, GoType, Member, Rule, Shape, Structure, Typed, read_structure, write_structure,
            };

            static SHAPE: Shape = Shape { name: #ty_name, fields: &[#(#rows),*] };

            impl Structure for #ty {
                fn shape(&self) -> &'static Shape {
                    &SHAPE
                }

                fn member(&self, index: usize) -> &dyn Member {
                    #shared
                }

                fn member_mut(&mut self, index: usize) -> &mut dyn Member {
                    #unique
                }
            }

            impl Member for #ty {
                fn read<'v>(&mut self, value: &'v ::orrery_apimachinery::Value, cx: &mut Cx<'v>) -> bool {
                    read_structure(self, value, cx)
                }

                fn write(&self) -> ::orrery_apimachinery::Value {
                    write_structure(self)
                }
            }

            impl Typed for #ty {
                const TYPE: &'static GoType = &GoType::Struct(&SHAPE);
            }
        };
    })
}

fn name_in_messages(input: &DeriveInput) -> Result<String> {
    let mut name = input.ident.to_string();
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("json")) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("name") {
                return Err(meta.error("it is name"));
            }
            name = meta.value()?.parse::<LitStr>()?.value();
            Ok(())
        })?;
    }
    Ok(name)
}

fn field(field: &syn::Field) -> Result<Field> {
    let Some(ident) = field.ident.clone() else {
        return Err(Error::new_spanned(field, "fields of API structs have names"));
    };
    let (mut name, mut rule) = (camel_case(&ident.to_string()), "Always");
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("json")) {
        attribute.parse_nested_meta(|meta| {
            let rules = [("omitempty", "OmitEmpty"), ("text", "Text"), ("null_if_empty", "NullIfEmpty")];
            if meta.path.is_ident("name") {
                name = meta.value()?.parse::<LitStr>()?.value();
            } else if let Some((_, found)) = rules.iter().find(|(word, _)| meta.path.is_ident(word)) {
                rule = found;
            } else {
                return Err(meta.error("it is name, omitempty, text or null_if_empty"));
            }
            Ok(())
        })?;
    }
    let rule = Ident::new(rule, ident.span());
    Ok(Field { ident, ty: field.ty.clone(), name, rule })
}

/// `host_ip` as `hostIp`, and `type_`, which Rust cannot call `type`, as `type`.
fn camel_case(snake: &str) -> String {
    let mut words = snake.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(word.len().min(1));
        name.extend([&first.to_uppercase(), rest]);
    }
    name
}
